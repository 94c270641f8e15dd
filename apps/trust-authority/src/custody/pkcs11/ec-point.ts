import { encodeBase64Url } from '@mcps/crypto';
import type { PublicJwk } from '@mcps/crypto';
import { CustodyError } from '../custody-error.js';

/** DER of the object identifier of P-256, which `CKA_EC_PARAMS` names the curve with: 1.2.840.10045.3.1.7. */
export const P256_PARAMETERS = Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);

const POINT_BYTES = 65;

/**
 * The key of a `CKA_EC_POINT`: an uncompressed point, in a DER octet string as the standard has it, or bare as some tokens have it. Whether it is on the
 * curve is for the import to check.
 *
 * Throws `CustodyError` `custody_key_malformed`.
 */
export function jwkOfPoint(value: Uint8Array): PublicJwk {
  const isWrapped = value.length === POINT_BYTES + 2 && value[0] === 0x04 && value[1] === POINT_BYTES;
  const point = isWrapped ? value.subarray(2) : value;
  if (point.length !== POINT_BYTES || point[0] !== 0x04) {
    throw new CustodyError('custody_key_malformed', 'The token holds a public key that is no point on P-256.');
  }
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64Url(point.subarray(1, 33)),
    y: encodeBase64Url(point.subarray(33)),
  };
}
