import { decodeBase64Url, encodeBase64Url } from '../encoding/index.js';
import type { KeyPoint, KeySecret } from '../jwk/components.js';
import type { PrivateJwk, PublicJwk } from '../jwk/types.js';
import { encodePkcs8, encodePkcs8Pem } from '../pkcs8/pkcs8.js';
import { encodeSpki, encodeSpkiPem } from '../spki/spki.js';
import type { PublicKey } from './public-key.js';

function pointOf(jwk: PublicJwk): KeyPoint {
  return { x: decodeBase64Url(jwk.x), y: decodeBase64Url(jwk.y) };
}

export function publicDer(key: PublicKey): Uint8Array {
  return encodeSpki(pointOf(key.jwk));
}

export function publicPem(key: PublicKey): string {
  return encodeSpkiPem(pointOf(key.jwk));
}

export function privateJwk(d: Uint8Array, publicKey: PublicKey): PrivateJwk {
  return { ...publicKey.jwk, d: encodeBase64Url(d) };
}

export function privateDer(d: Uint8Array, publicKey: PublicKey): Uint8Array {
  return encodePkcs8(secretOf(d, publicKey));
}

export function privatePem(d: Uint8Array, publicKey: PublicKey): string {
  return encodePkcs8Pem(secretOf(d, publicKey));
}

function secretOf(d: Uint8Array, publicKey: PublicKey): KeySecret {
  return { d, point: pointOf(publicKey.jwk) };
}
