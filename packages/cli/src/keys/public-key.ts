import { importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject, parseInput, readText } from '../files/read-input.js';

/**
 * Reads a public key: SPKI PEM, a JWK, or anything with a JWK in its member `public_key` or `publicKey`, as a passport.
 *
 * @throws UsageError, CliError `key`
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  const text = (await readText(path, 'public key')).trim();
  try {
    return await importPublicKey(text.startsWith('{') ? jwkIn(parseInput(text, 'public key')) : text);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('key', 'The file holds no public key of the curve P-256.', {
      reason: 'key_malformed',
      nextStep: 'Give the public key as PEM or JWK: "mcps keygen" writes one with --public-out.',
      exitCode: EXIT.refused,
      cause: error,
    });
  }
}

function jwkIn(value: unknown): PublicJwk {
  const inner = isObject(value) ? (value['public_key'] ?? value['publicKey'] ?? value) : value;
  // The importer checks every member.
  if (isObject(inner)) return inner as PublicJwk & Record<string, unknown>;
  throw new TypeError('no JWK');
}
