import { parseJson } from '@mcps/crypto';
import type { PrivateJwk } from '@mcps/crypto';
import { McpsError, parsePassport } from '@mcps/protocol';
import type { Passport, TrustAnchorOptions } from '@mcps/protocol';
import { isObject } from '../json-object.js';
import { UsageError } from './arguments.js';
import type { WrapIdentity } from './arguments.js';
import { readKeyFile } from './key-file.js';
import { readText } from './text-file.js';

/** Who a wrapped server is. */
export interface Identity {
  readonly passport: Passport;
  readonly privateKey: PrivateJwk | string;
}

/** What one file says: the options of `secureMCP` that are data. */
export interface IdentityFile extends Identity {
  readonly trustAnchors?: readonly TrustAnchorOptions[];
}

/**
 * Reads passport and key, from one file or from two. No error repeats what is in them.
 *
 * @throws UsageError
 */
export async function readIdentity(source: WrapIdentity): Promise<IdentityFile> {
  if ('file' in source) return readIdentityFile(source.file);
  const passport = passportOf(await readText(source.passportFile, 'passport'));
  const keyText = 'text' in source.key ? source.key.text : await readKeyFile(source.key.file);
  return { passport, privateKey: privateKey(keyText) };
}

async function readIdentityFile(path: string): Promise<IdentityFile> {
  const file = parseSecret(await readKeyFile(path, 'identity'));
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
    if (error.reason !== 'passport_malformed')
      throw new UsageError(`The passport cannot be used: ${error.message}.`, { cause: error });
  }
  throw new UsageError(
    'The passport file holds no passport (MCPS-001 passport_malformed). A file of {passport, privateKey, trustAnchors?} goes with --identity.',
  );
}

function privateKey(text: string): PrivateJwk | string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? jwkOf(parseSecret(trimmed)) : trimmed;
}

function jwkOf(value: unknown): PrivateJwk {
  if (isJwk(value)) return value;
  throw new UsageError('The private key is neither PEM nor a JWK.');
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
