import { parseJson } from '@mcps/crypto';
import type { IssuingAuthority } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { isObject } from '../files/read-input.js';
import { readSecretFile } from '../files/secret-file.js';
import { decrypted, importKey } from '../keys/private-key.js';
import type { PassphraseSource } from '../keys/passphrase.js';
import { passportIn } from './read-passport.js';

/**
 * Reads who issues: `{issuer, privateKey}` as "mcps init" writes it, for an authority on this machine; or an identity `{passport, privateKey, chain?}` whose
 * passport has the right to issue.
 *
 * @throws UsageError, CliError `key`
 */
export async function readAuthorityFile(path: string, passphrase: PassphraseSource): Promise<IssuingAuthority> {
  const text = await readSecretFile(path, 'authority');
  const file = parsed(text);
  const { issuer, privateKey, passport, chain = [] } = file;
  if (typeof privateKey !== 'string') throw malformed();
  const key = await importKey(await decrypted(privateKey.trim(), passphrase));
  if (typeof issuer === 'string') return { issuer, key };
  if (!isObject(passport) || !Array.isArray(chain)) throw malformed();
  const parents = chain.map((entry: unknown) => passportIn(JSON.stringify(entry)));
  return { passport: passportIn(JSON.stringify(passport)), key, chain: parents };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch {
    // What is wrong with it would quote the key.
  }
  throw malformed();
}

function malformed(): UsageError {
  return new UsageError(
    'The authority file must be JSON: {issuer, privateKey}, or {passport, privateKey, chain?} of somebody who may issue.',
    { reason: 'authority_malformed', nextStep: 'Make one with "mcps init".' },
  );
}
