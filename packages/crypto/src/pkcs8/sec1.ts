import { readCurve, readPoint } from '../asn1/algorithm.js';
import { DerReader, TAG } from '../asn1/reader.js';
import { assertScalar } from '../ecdsa/order.js';
import { CryptoError } from '../error.js';
import type { KeyPoint, KeySecret } from '../jwk/components.js';

const VERSION = 1;

/**
 * The scalar, and the point if present, of an `ECPrivateKey` (RFC 5915, SEC 1 appendix C.4) in DER. `parameters` says
 * whether the curve must be named here (SEC 1 on its own) or already was (inside PKCS#8).
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (a public key)
 */
export function decodeSec1(der: Uint8Array, parameters: 'required' | 'optional'): KeySecret {
  const outer = new DerReader(der, 'key_malformed');
  const key = outer.enter(TAG.sequence);
  outer.end();
  if (key.nextTag === TAG.sequence) {
    throw new CryptoError('key_private_expected', 'a public key was given where a private key is expected');
  }
  const version = key.readUnsigned();
  if (version.length !== 1 || version[0] !== VERSION) {
    throw new CryptoError('key_malformed', 'the ECPrivateKey has an unknown version');
  }
  const scalar = key.read(TAG.octetString);
  // The curve is read before the scalar's length is judged: a P-384 key is a wrong type, not a malformed P-256 key.
  if (key.nextTag === TAG.context0) {
    const curve = key.enter(TAG.context0);
    readCurve(curve);
    curve.end();
  } else if (parameters === 'required') {
    throw new CryptoError('key_malformed', 'the ECPrivateKey does not name its curve');
  }
  const point = key.nextTag === TAG.context1 ? readTaggedPoint(key) : undefined;
  key.end();
  const d = new Uint8Array(scalar);
  assertScalar(d);
  return point === undefined ? { d } : { d, point };
}

function readTaggedPoint(key: DerReader): KeyPoint {
  const tagged = key.enter(TAG.context1);
  const point = readPoint(tagged);
  tagged.end();
  return point;
}
