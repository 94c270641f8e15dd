import { encodeUtf8 } from '../encoding/index.js';
import type { PublicJwk } from './types.js';

/**
 * The bytes whose SHA-256 is the key's thumbprint (RFC 7638 section 3): the required members, in lexicographic order,
 * without white space. Base64url needs no JSON escape, so plain concatenation is canonical.
 */
export function thumbprintInput(jwk: PublicJwk): Uint8Array {
  return encodeUtf8(`{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`);
}
