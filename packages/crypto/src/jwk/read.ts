import { decodeBase64Url, encodeBase64Url } from '../encoding/index.js';
import { CryptoError } from '../error.js';
import { assertScalar } from '../ecdsa/order.js';
import type { KeyPoint, KeySecret } from './components.js';
import type { JwkInput, PublicJwk } from './types.js';

type Member = keyof JwkInput;

/** One own, non-inherited read of a member; a key never comes from a prototype. */
function own(jwk: JwkInput, member: Member): unknown {
  return Object.hasOwn(jwk, member) ? jwk[member] : undefined;
}

function coordinate(jwk: JwkInput, member: 'x' | 'y' | 'd'): Uint8Array {
  const text = own(jwk, member);
  // 43 characters are 32 bytes: RFC 7518 sections 6.2.1.2 and 6.2.2.1 fix the length, leading zeros included.
  if (typeof text === 'string' && text.length === 43) {
    try {
      return decodeBase64Url(text);
    } catch {
      // Falls through: the decoder's own error has nothing to add, and this one must not carry `d` along.
    }
  }
  throw new CryptoError('key_malformed', `JWK member "${member}" is not 32 bytes in canonical base64url`);
}

/** RFC 7517 sections 4.2 to 4.5: optional members may narrow a key's use, never contradict ES256 signatures. */
function checkPurpose(jwk: JwkInput, operation: 'sign' | 'verify'): void {
  const alg = own(jwk, 'alg');
  if (alg !== undefined && alg !== 'ES256') {
    throw new CryptoError('key_wrong_type', 'JWK member "alg" is not "ES256"');
  }
  const use = own(jwk, 'use');
  if (use !== undefined && use !== 'sig') {
    throw new CryptoError('key_wrong_type', 'JWK member "use" is not "sig"');
  }
  const operations = own(jwk, 'key_ops');
  if (operations !== undefined) {
    if (!Array.isArray(operations)) throw new CryptoError('key_malformed', 'JWK member "key_ops" is not an array');
    // RFC 7517 section 4.3 forbids duplicates.
    if (new Set(operations).size !== operations.length || operations.some((item) => typeof item !== 'string')) {
      throw new CryptoError('key_malformed', 'JWK member "key_ops" is not a list of different strings');
    }
    if (!operations.includes(operation)) {
      throw new CryptoError('key_wrong_type', `JWK member "key_ops" does not allow "${operation}"`);
    }
  }
  const kid = own(jwk, 'kid');
  if (kid !== undefined && typeof kid !== 'string') {
    throw new CryptoError('key_malformed', 'JWK member "kid" is not a string');
  }
}

function assertObject(value: unknown): asserts value is JwkInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CryptoError('key_malformed', 'a key is expected as a JWK object, PEM text or DER bytes');
  }
}

function checkCurve(jwk: JwkInput): void {
  const kty = own(jwk, 'kty');
  if (typeof kty !== 'string') throw new CryptoError('key_malformed', 'JWK member "kty" is missing');
  if (kty !== 'EC') throw new CryptoError('key_wrong_type', 'JWK member "kty" is not "EC"');
  const crv = own(jwk, 'crv');
  if (typeof crv !== 'string') throw new CryptoError('key_malformed', 'JWK member "crv" is missing');
  if (crv !== 'P-256') throw new CryptoError('key_wrong_type', 'JWK member "crv" is not "P-256"');
}

/**
 * The public point of a JWK; whether it lies on the curve is left to the runtime's import.
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected` (the JWK holds `d`)
 */
export function readPublicJwk(jwk: unknown): KeyPoint {
  assertObject(jwk);
  checkCurve(jwk);
  if (own(jwk, 'd') !== undefined) {
    throw new CryptoError('key_public_expected', 'a private JWK was given where a public key is expected');
  }
  checkPurpose(jwk, 'verify');
  return { x: coordinate(jwk, 'x'), y: coordinate(jwk, 'y') };
}

/** @throws CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (the JWK has no `d`) */
export function readPrivateJwk(jwk: unknown): KeySecret {
  assertObject(jwk);
  checkCurve(jwk);
  if (own(jwk, 'd') === undefined) {
    throw new CryptoError('key_private_expected', 'a public JWK was given where a private key is expected');
  }
  checkPurpose(jwk, 'sign');
  const d = coordinate(jwk, 'd');
  assertScalar(d);
  return { d, point: { x: coordinate(jwk, 'x'), y: coordinate(jwk, 'y') } };
}

/** The four-member public JWK of a point, frozen. */
export function toPublicJwk(point: KeyPoint): PublicJwk {
  return Object.freeze({ kty: 'EC', crv: 'P-256', x: encodeBase64Url(point.x), y: encodeBase64Url(point.y) });
}
