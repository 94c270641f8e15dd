import { decodeBase64Url, encodeBase64, encodeUtf8 } from '@mcps/crypto';
import type { PublicJwk } from '@mcps/crypto';
import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';

/** SubjectPublicKeyInfo (RFC 5480) of an uncompressed P-256 point, up to the point: everything that comes before x is the same for every key. */
const SPKI_PREFIX = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
  0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/**
 * The hash by which a rotated passport names the key before: lower-case hex SHA-256 of that key's SPKI PEM text (RFC 7468, lines of 64 characters,
 * a line feed after each line, the last one included).
 */
export function previousKeyHash(publicKey: PublicJwk): Promise<string> {
  return runAsync(previousKeyHashSteps(publicKey));
}

export function* previousKeyHashSteps(publicKey: PublicJwk): Procedure<string> {
  return yield* hashHex(encodeUtf8(spkiPem(publicKey)));
}

function spkiPem({ x, y }: PublicJwk): string {
  const base64 = encodeBase64(Uint8Array.from([...SPKI_PREFIX, ...decodeBase64Url(x), ...decodeBase64Url(y)]));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}
