import { CryptoError } from '../error.js';

/** Refuses to turn a key that cannot be exported into one that can. @throws CryptoError `key_not_extractable` */
export function checkExtractable(present: boolean, wanted: boolean | undefined): void {
  if (wanted === true && !present) throw notExtractable();
}

export function notExtractable(): CryptoError {
  return new CryptoError('key_not_extractable', 'the private key is not extractable');
}

export function notMatching(): CryptoError {
  return new CryptoError('key_malformed', 'the private key does not belong to the public key beside it');
}

export function notOnCurve(): CryptoError {
  return new CryptoError('key_not_on_curve', 'the public key is not a point on P-256');
}
