import { canonicalizeToBytes, decodeBase64Url, parseJson } from '@mcps/crypto';
import type { JsonValue, PublicJwk } from '@mcps/crypto';
import { CustodyError } from '../custody-error.js';
import { isKeyName } from '../key-custody.js';

/** The cost of scrypt (RFC 7914): `n` a power of two; memory is 128 · n · r bytes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** All of a key file but the encrypted key itself. */
export interface KeyFileHeader {
  readonly format: typeof KEY_FILE_FORMAT;
  readonly name: string;
  readonly public_key: PublicJwk;
  /** RFC 3339, UTC. */
  readonly created_at: string;
  readonly kdf: ScryptCost & { readonly name: 'scrypt'; /** base64url, 16 to 64 bytes */ readonly salt: string };
  readonly cipher: { readonly name: 'aes-256-gcm'; /** base64url, 12 bytes */ readonly nonce: string };
}

export interface KeyFile {
  readonly header: KeyFileHeader;
  /** The PKCS#8 DER of the private key under AES-256-GCM, its 16-byte tag at the end. */
  readonly ciphertext: Uint8Array;
}

export const KEY_FILE_FORMAT = 'mcps-authority-key/1';
export const KEY_FILE_MAX_BYTES = 4096;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** A file may ask for what protects it well, and for no more than a start can spend: 16 MiB to 1 GiB of memory. */
const COST_LIMITS = { n: [2 ** 14, 2 ** 20], r: [8, 32], p: [1, 4], memoryBytes: 2 ** 30 } as const;

/** Throws `CustodyError` `custody_key_malformed` for a cost out of bounds. */
export function checkScryptCost({ n, r, p }: ScryptCost): void {
  const within = (value: number, [least, most]: readonly [number, number]) =>
    Number.isSafeInteger(value) && value >= least && value <= most;
  if (!within(n, COST_LIMITS.n) || !within(r, COST_LIMITS.r) || !within(p, COST_LIMITS.p) || (n & (n - 1)) !== 0) {
    throw malformed('asks for a scrypt cost out of bounds');
  }
  if (128 * n * r > COST_LIMITS.memoryBytes) throw malformed('asks for more memory than scrypt may have');
}

/** What the authenticated encryption binds the key to: every other member of the file, in RFC 8785 form. */
export function additionalData(header: KeyFileHeader): Uint8Array {
  return canonicalizeToBytes(header);
}

/**
 * Reads a key file. Nothing in it has been authenticated when this returns.
 *
 * Throws `CustodyError` `custody_key_malformed`.
 */
export function parseKeyFile(content: Uint8Array): KeyFile {
  const file = objectOf(parse(content), ['format', 'name', 'public_key', 'created_at', 'kdf', 'cipher', 'ciphertext']);
  if (file['format'] !== KEY_FILE_FORMAT) throw malformed('is of no format that this version reads');
  const kdf = objectOf(file['kdf'], ['name', 'n', 'r', 'p', 'salt']);
  if (kdf['name'] !== 'scrypt') throw malformed('names another key derivation than scrypt');
  const cost = { n: numberOf(kdf['n']), r: numberOf(kdf['r']), p: numberOf(kdf['p']) };
  checkScryptCost(cost);
  const cipher = objectOf(file['cipher'], ['name', 'nonce']);
  if (cipher['name'] !== 'aes-256-gcm') throw malformed('names another cipher than aes-256-gcm');
  const jwk = objectOf(file['public_key'], ['kty', 'crv', 'x', 'y']);
  if (jwk['kty'] !== 'EC' || jwk['crv'] !== 'P-256') throw malformed('is of no P-256 key');
  const name = file['name'];
  if (!isKeyName(name)) throw malformed('has no name for its key');
  return {
    header: {
      format: KEY_FILE_FORMAT,
      name,
      public_key: { kty: 'EC', crv: 'P-256', x: textOf(jwk['x']), y: textOf(jwk['y']) },
      created_at: textOf(file['created_at']),
      kdf: { name: 'scrypt', ...cost, salt: encodedOf(kdf['salt'], 16, 64) },
      cipher: { name: 'aes-256-gcm', nonce: encodedOf(cipher['nonce'], NONCE_BYTES, NONCE_BYTES) },
    },
    ciphertext: decodeBase64Url(encodedOf(file['ciphertext'], TAG_BYTES + 1, 1024)),
  };
}

function parse(content: Uint8Array): JsonValue {
  try {
    return parseJson(content, { maxBytes: KEY_FILE_MAX_BYTES, maxDepth: 4 });
  } catch (cause) {
    throw malformed('is not JSON', cause);
  }
}

function objectOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('has another structure');
  const found = Object.keys(value);
  if (found.length !== names.length || !found.every((name) => names.includes(name))) {
    throw malformed('has other members than it should');
  }
  return value as Record<string, unknown>;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw malformed('has something else where a number should be');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > 128) throw malformed('has something else where a text should be');
  return value;
}

function encodedOf(value: unknown, least: number, most: number): string {
  try {
    const { length } = decodeBase64Url(String(value));
    if (typeof value === 'string' && length >= least && length <= most) return value;
  } catch {
    // Said below.
  }
  throw malformed('has something else where base64url should be');
}

function malformed(what: string, cause?: unknown): CustodyError {
  return new CustodyError(
    'custody_key_malformed',
    `The key file ${what}.`,
    cause === undefined ? undefined : { cause },
  );
}
