import { decodeBase64 } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { previousKeyHashSteps } from './key-hash.js';
import { readRotationProof, rotationSigningInput } from './rotation-proof.js';
import type { RotationProof } from './rotation-proof.js';

export interface VerifyRotationProofOptions {
  /** The id of the passport whose key is to be replaced. */
  readonly previousId: string;
  readonly previousKey: PublicKey;
  readonly newKey: PublicKey;
}

/** A rotation proof whose signature has been verified. */
export type VerifiedRotationProof = Verified<{
  readonly proof: RotationProof;
  /** Milliseconds since the Unix epoch. */
  readonly rotatedAtMs: number;
}>;

/**
 * Verifies a key's word for the one that replaces it, before there is a passport for the new one: it names the passport and both keys, and the old one has
 * signed it. When that was is left to the caller to judge; that somebody holds the new key is for a proof of possession to say.
 *
 * @param source the proof as received, parsed JSON
 *
 * Throws `McpsError` `rotation_invalid`.
 */
export function verifyRotationProof(
  source: unknown,
  options: VerifyRotationProofOptions,
): Promise<VerifiedRotationProof> {
  return runAsync(verifyRotationProofSteps(source, options));
}

export function* verifyRotationProofSteps(
  source: unknown,
  { previousId, previousKey, newKey }: VerifyRotationProofOptions,
): Procedure<VerifiedRotationProof> {
  const proof = readRotationProof(source);
  const matches =
    proof.passport_id === previousId &&
    proof.new_key === newKey.thumbprint &&
    previousKey.thumbprint !== newKey.thumbprint &&
    proof.previous_key_hash === (yield* previousKeyHashSteps(previousKey.jwk));
  const input = rotationSigningInput(proof);
  if (!matches || !(yield* verifyBytes(previousKey, input, decodeBase64(proof.signature)))) {
    throw new McpsError('rotation_invalid');
  }
  return markVerified({ proof, rotatedAtMs: parseTimestamp(proof.rotated_at) }, 'rotation-proof');
}
