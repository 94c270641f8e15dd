import { PublicKey } from '@mcps/crypto';
import type { PrivateKey, PublicJwk, Signer } from '@mcps/crypto';

/** What is hashed or signed: bytes, or a text that stands for its UTF-8 form. */
export type StepData = Uint8Array | string;

/** SHA-256; answered with the 32-byte digest. */
export interface Sha256Step {
  readonly op: 'sha256';
  readonly data: StepData;
}

/** SHA-256; answered with the digest as 64 lower-case hex characters. */
export interface Sha256HexStep {
  readonly op: 'sha256-hex';
  readonly data: StepData;
}

/** ES256; answered with the 64-byte `r‖s`, low-S. */
export interface SignStep {
  readonly op: 'sign';
  readonly key: PrivateKey | Signer;
  readonly data: StepData;
}

/** The check of an ES256 signature; answered with whether it is valid. A signature of the wrong length or range is invalid, not an error. */
export interface VerifyStep {
  readonly op: 'verify';
  readonly key: PublicKey;
  readonly data: StepData;
  readonly signature: Uint8Array;
  readonly requireLowS?: boolean;
}

/** The import of a P-256 public JWK; answered with the key. Its `CryptoError` is thrown into the procedure, which may catch it. */
export interface ImportPublicKeyStep {
  readonly op: 'import-public-key';
  readonly jwk: PublicJwk;
}

/** One piece of cryptography that a procedure asks its runner to perform. */
export type CryptoStep = Sha256Step | Sha256HexStep | SignStep | VerifyStep | ImportPublicKeyStep;

/** What a runner answers a step with: bytes for `sha256` and `sign`, text for `sha256-hex`, a boolean for `verify`, a key for `import-public-key`. */
export type CryptoStepResult = Uint8Array | string | boolean | PublicKey;

/**
 * Logic that needs cryptography, written once for the asynchronous and the synchronous surface: it yields the steps it needs, and a runner
 * performs them. A procedure itself is pure; the clock and random values come in as arguments.
 *
 * Compose with `yield*`; never yield a step directly, the helpers below give each answer its type.
 */
export type Procedure<T> = Generator<CryptoStep, T, CryptoStepResult>;

/** SHA-256 of `data`, 32 bytes. */
export function* hashBytes(data: StepData): Procedure<Uint8Array> {
  return expectBytes(yield { op: 'sha256', data });
}

/** SHA-256 of `data` as 64 lower-case hex characters. */
export function* hashHex(data: StepData): Procedure<string> {
  const hex = yield { op: 'sha256-hex', data };
  if (typeof hex !== 'string') throw new TypeError('The runner answered a step with no text');
  return hex;
}

/** ES256 signature of `data`: 64 bytes `r‖s`, low-S. */
export function* signBytes(key: PrivateKey | Signer, data: StepData): Procedure<Uint8Array> {
  return expectBytes(yield { op: 'sign', key, data });
}

/** Whether `signature` is a valid ES256 signature of `data`; with `requireLowS`, whether it is in low-S form too. */
export function* verifyBytes(
  key: PublicKey,
  data: StepData,
  signature: Uint8Array,
  options: { readonly requireLowS?: boolean } = {},
): Procedure<boolean> {
  const { requireLowS = false } = options;
  const valid = yield { op: 'verify', key, data, signature, requireLowS };
  // Strictly `true`: a runner that answers with anything else must not pass for a valid signature.
  return valid === true;
}

/** The key of a public JWK, checked to be a point on P-256. Throws the `CryptoError` of `importPublicKey`. */
export function* importKey(jwk: PublicJwk): Procedure<PublicKey> {
  const key = yield { op: 'import-public-key', jwk };
  if (!(key instanceof PublicKey)) throw new TypeError('The runner answered a key import with no key');
  return key;
}

function expectBytes(result: CryptoStepResult): Uint8Array {
  if (!(result instanceof Uint8Array)) throw new TypeError('The runner answered a step with no bytes');
  return result;
}
