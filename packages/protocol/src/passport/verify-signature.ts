import type { PublicKey } from '@mcps/crypto';
import { verifyPassportSignature } from '../chain/signatures.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parsePassport } from './parse.js';
import type { PassportSource } from './parse.js';

/**
 * Verifies that the holder of a key that the caller chose has signed a well-formed passport. On return nothing else is known: not that the key is the one of the
 * issuer that the passport names, that the passport is valid now, nor any trust in it. For those see `verifyPassport`.
 *
 * Throws `McpsError`: as `parsePassport` does; `passport_signature_invalid`, also for a passport without a signature.
 */
export function verifyPassportSignatureWithKey(source: PassportSource, publicKey: PublicKey): Promise<void> {
  return runAsync(verifyPassportSignatureWithKeySteps(source, publicKey));
}

export function* verifyPassportSignatureWithKeySteps(source: PassportSource, publicKey: PublicKey): Procedure<void> {
  yield* verifyPassportSignature(parsePassport(source).passport, [publicKey]);
}
