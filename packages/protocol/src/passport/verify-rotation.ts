import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp } from '../time/index.js';
import { previousKeyHashSteps } from './key-hash.js';
import { assertVerifiedPassport } from './verified-passport.js';
import type { VerifiedPassport } from './verified-passport.js';
import { verifyRotationProofSteps } from './verify-rotation-proof.js';

export interface VerifyRotationOptions {
  /** The replaced key's word for the new one, as received. Required unless both passports are below one anchor, whose issuer vouches for the change. */
  readonly proof?: unknown;
}

/**
 * Verifies that one passport succeeds another: the same agent name and the same anchor (or none in both), another id and key, and a `key_rotation` that names
 * the replaced key's hash at a time when the replaced passport existed. Two passports below one anchor need no more; anybody else could name any hash, so there the
 * replaced key itself must have signed a proof that names both keys. A proof that is given is verified in any case.
 *
 * Throws `McpsError` `rotation_invalid`; `TypeError` for anything but what `verifyPassport` returned.
 */
export function verifyRotation(
  previous: VerifiedPassport,
  next: VerifiedPassport,
  options: VerifyRotationOptions = {},
): Promise<void> {
  return runAsync(verifyRotationSteps(previous, next, options));
}

function* verifyRotationSteps(
  previous: VerifiedPassport,
  next: VerifiedPassport,
  options: VerifyRotationOptions,
): Procedure<void> {
  assertVerifiedPassport(previous);
  assertVerifiedPassport(next);
  const rotation = next.passport.key_rotation;
  const continuous =
    rotation !== undefined &&
    previous.standing === next.standing &&
    previous.anchor?.issuer === next.anchor?.issuer &&
    previous.passport.agent.name === next.passport.agent.name &&
    previous.id !== next.id &&
    previous.publicKey.thumbprint !== next.publicKey.thumbprint &&
    rotation.previous_key_hash === (yield* previousKeyHashSteps(previous.publicKey.jwk)) &&
    parseTimestamp(rotation.rotated_at) >= parseTimestamp(previous.passport.issued_at);
  if (!continuous) throw new McpsError('rotation_invalid');
  if (options.proof !== undefined) yield* verifyProof(options.proof, previous, next);
  else if (next.standing !== 'anchored') throw new McpsError('rotation_invalid');
}

function* verifyProof(source: unknown, previous: VerifiedPassport, next: VerifiedPassport): Procedure<void> {
  const { proof } = yield* verifyRotationProofSteps(source, {
    previousId: previous.id,
    previousKey: previous.publicKey,
    newKey: next.publicKey,
  });
  const rotation = next.passport.key_rotation;
  const matches = proof.previous_key_hash === rotation?.previous_key_hash && proof.rotated_at === rotation.rotated_at;
  if (!matches) throw new McpsError('rotation_invalid');
}
