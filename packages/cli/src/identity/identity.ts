import { parseJson } from '@mcps/crypto';
import type { PrivateJwk } from '@mcps/crypto';
import { McpsError, parsePassport } from '@mcps/protocol';
import type { Passport, TrustAnchorOptions } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { isObject, readText } from '../files/read-input.js';
import { readSecretFile } from '../files/secret-file.js';
import { decrypted } from '../keys/private-key.js';
import type { PassphraseSource } from '../keys/passphrase.js';
import type { IdentitySource } from './identity-source.js';

/** Who one is: a passport and its key, decrypted where it was encrypted; and whom one believes, where the file says so. */
export interface Identity {
  readonly passport: Passport;
  readonly privateKey: PrivateJwk | string;
  readonly trustAnchors?: readonly TrustAnchorOptions[];
}

/**
 * Reads passport and key, from one file or from two. No error repeats what is in them.
 *
 * @throws UsageError; CliError `key` for a wrong passphrase.
 */
export async function readIdentity(source: IdentitySource, passphrase: PassphraseSource): Promise<Identity> {
  const identity = 'file' in source ? await readIdentityFile(source.file) : await readTwoFiles(source);
  const { privateKey: key } = identity;
  return { ...identity, privateKey: typeof key === 'string' ? await decrypted(key, passphrase) : key };
}

async function readTwoFiles(source: Extract<IdentitySource, { readonly key: unknown }>): Promise<Identity> {
  const passport = passportOf(await readText(source.passportFile, 'passport'));
  const keyText = 'text' in source.key ? source.key.text : await readSecretFile(source.key.file, 'private key');
  return { passport, privateKey: privateKey(keyText) };
}

async function readIdentityFile(path: string): Promise<Identity> {
  const file = parseSecret(await readSecretFile(path, 'identity'));
  if (!isObject(file)) throw new UsageError('The identity file must be JSON: {passport, privateKey, trustAnchors?}.');
  const { passport, privateKey: key, trustAnchors } = file;
  if (trustAnchors !== undefined && !isAnchorList(trustAnchors)) {
    throw new UsageError('The `trustAnchors` of the identity file must be a list of {issuer, keys, ceiling?}.');
  }
  if (passport === undefined || key === undefined) {
    throw new UsageError(`The identity file has no \`${passport === undefined ? 'passport' : 'privateKey'}\`.`);
  }
  return {
    passport: passportOf(passport),
    privateKey: typeof key === 'string' ? privateKey(key) : jwkOf(key),
    ...(trustAnchors === undefined ? {} : { trustAnchors }),
  };
}

/** Whether something is a list of what may be trust anchors: their members are checked where they are imported. */
export function isAnchorList(value: unknown): value is readonly TrustAnchorOptions[] {
  return Array.isArray(value) && value.every(isAnchor);
}

function isAnchor(value: unknown): value is TrustAnchorOptions {
  return isObject(value) && typeof value['issuer'] === 'string' && Array.isArray(value['keys']);
}

function passportOf(source: unknown): Passport {
  try {
    if (typeof source === 'string' || isObject(source)) return parsePassport(source).passport;
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    if (error.reason !== 'passport_malformed') {
      throw new UsageError(`The passport cannot be used: ${error.message}.`, { reason: error.reason, cause: error });
    }
  }
  throw new UsageError(
    'The passport file holds no passport (MCPS-001 passport_malformed). A file of {passport, privateKey, trustAnchors?} goes with --identity.',
    { reason: 'passport_malformed' },
  );
}

function privateKey(text: string): PrivateJwk | string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? jwkOf(parseSecret(trimmed)) : trimmed;
}

function jwkOf(value: unknown): PrivateJwk {
  if (isJwk(value)) return value;
  throw new UsageError('The private key is neither PEM nor a JWK.', { reason: 'key_malformed' });
}

function parseSecret(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // What is wrong with it would quote the key.
    return undefined;
  }
}

/** Enough to hand it on: the importer checks every member. */
function isJwk(value: unknown): value is PrivateJwk {
  return isObject(value) && typeof value['kty'] === 'string';
}
