import type { PublicKey } from '@mcps/crypto';
import { McpsError, verifyPossession } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { AuthorityError } from '../error.js';
import type { UsedChallenge } from '../ledger/batch.js';
import type { Challenges } from './challenges.js';

/**
 * Verifies that somebody holds a key, over a challenge of this authority. The challenge is still to be taken.
 *
 * Throws `AuthorityError` `challenge_invalid`, `proof_invalid`.
 */
export async function checkPossession(
  proof: unknown,
  publicKey: PublicKey,
  options: { readonly authority: string; readonly challenges: Challenges; readonly clock: Clock },
): Promise<UsedChallenge> {
  const { authority, challenges, clock } = options;
  if (typeof proof !== 'object' || proof === null) {
    throw new AuthorityError('request_invalid', 'There is no proof of possession.', { member: 'proof' });
  }
  const claimed: unknown = 'challenge' in proof ? proof.challenge : undefined;
  const challenge = typeof claimed === 'string' ? claimed : '';
  const { expiresAtMs } = challenges.check(challenge);
  try {
    await verifyPossession(proof, { publicKey, expectedAuthority: authority, expectedChallenge: challenge, clock });
  } catch (cause) {
    if (!(cause instanceof McpsError)) throw cause;
    throw new AuthorityError('proof_invalid', 'The proof does not show that you hold the key.', { cause });
  }
  return { challenge, expiresAtMs };
}
