import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readProofOfPossession } from './read.js';
import { MAX_POSSESSION_LIFETIME_MS } from './types.js';
import type { ProofOfPossession } from './types.js';

export interface VerifyPossessionOptions extends Omit<VerifyStatementOptions, 'anchors'> {
  /** The key whose possession is to be proved. */
  readonly publicKey: PublicKey;
  /** The authority's own issuer name. */
  readonly expectedAuthority: string;
  /** The challenge that was handed out for this. */
  readonly expectedChallenge: string;
}

/** A proof of possession whose signature has been verified. */
export type VerifiedPossession = Verified<{
  readonly proof: ProofOfPossession;
  readonly publicKey: PublicKey;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}>;

/**
 * Verifies that somebody holds a key, in this order: shape; made for this authority, this challenge and this key; signed by the key; not expired, and
 * not good for more than 300 s from now.
 *
 * That the challenge is one of the caller's own, and has not been used before, is the caller's to see to: take it out of the store before calling.
 *
 * Throws `McpsError`: `possession_invalid`, `possession_expired`.
 */
export function verifyPossession(
  source: StatementSource,
  options: VerifyPossessionOptions,
): Promise<VerifiedPossession> {
  return runAsync(verifyPossessionSteps(source, options));
}

function* verifyPossessionSteps(
  source: StatementSource,
  options: VerifyPossessionOptions,
): Procedure<VerifiedPossession> {
  const { publicKey, expectedAuthority, expectedChallenge } = options;
  const { now, latestMs } = instantsOf(options);
  const proof = readProofOfPossession(source);
  const isAddressed =
    proof.authority === expectedAuthority &&
    proof.challenge === expectedChallenge &&
    proof.key_thumbprint === publicKey.thumbprint;
  if (!isAddressed) throw new McpsError('possession_invalid');
  if (!(yield* isSignedByAny([publicKey], 'proof-of-possession', proof))) throw new McpsError('possession_invalid');
  const expiresAtMs = parseTimestamp(proof.expires_at);
  if (!(expiresAtMs <= latestMs + MAX_POSSESSION_LIFETIME_MS)) throw new McpsError('possession_invalid');
  if (!(now < expiresAtMs)) throw new McpsError('possession_expired');
  return markVerified({ proof, publicKey, expiresAtMs }, 'possession');
}
