import { CryptoError, decodeBase64 } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import type { TrustAnchor } from '../anchor/trust-anchor.js';
import { McpsError } from '../errors/index.js';
import { passportSigningInput } from '../passport/signing-input.js';
import type { Passport } from '../passport/types.js';
import { importKey, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';

/**
 * Verifies the signatures of a chain from the anchor down: the topmost passport by one of the anchor's keys, every other by the key in the passport of
 * its issuer, the passport itself last.
 *
 * Throws `McpsError`: `passport_signature_invalid`; `chain_malformed` where an issuing passport has no usable key.
 */
export function* verifyChainSignatures(
  passport: Passport,
  issuers: readonly Passport[],
  anchor: TrustAnchor,
): Procedure<void> {
  let keys = anchor.keys;
  for (const issuer of [...issuers].reverse()) {
    yield* verifyPassportSignature(issuer, keys);
    keys = [yield* issuingKey(issuer)];
  }
  yield* verifyPassportSignature(passport, keys);
}

/** Verifies a passport's own signature by any of some keys. Throws `McpsError` `passport_signature_invalid`. */
export function* verifyPassportSignature(passport: Passport, keys: readonly PublicKey[]): Procedure<void> {
  if (passport.signature === undefined) throw new McpsError('passport_signature_invalid');
  const signature = decodeBase64(passport.signature);
  const input = passportSigningInput(passport);
  for (const key of keys) {
    if (yield* verifyBytes(key, input, signature)) return;
  }
  throw new McpsError('passport_signature_invalid');
}

function* issuingKey(issuer: Passport): Procedure<PublicKey> {
  if (issuer.public_key === null) throw new McpsError('chain_malformed');
  try {
    return yield* importKey(issuer.public_key);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('chain_malformed', {}, { cause: error });
  }
}
