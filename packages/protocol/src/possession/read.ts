import { Members } from '../passport/members.js';
import { SMALL_STATEMENT, privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { isChallenge } from './challenge.js';
import type { ProofOfPossession } from './types.js';

const PROOF = { required: ['authority', 'challenge', 'key_thumbprint', 'expires_at', 'signature'] };
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** Reads a proof of possession: exact members, types and formats. Nothing is verified; frozen. Throws `McpsError` `possession_invalid`. */
export function readProofOfPossession(source: StatementSource): ProofOfPossession {
  const copy = privateCopy(source, SMALL_STATEMENT, 'possession_invalid');
  const members: Members = new Members(copy, PROOF, 'possession_invalid');
  const challenge = members.value('challenge');
  if (!isChallenge(challenge)) members.fail();
  return Object.freeze({
    authority: members.text('authority'),
    challenge,
    key_thumbprint: members.matching('key_thumbprint', THUMBPRINT),
    expires_at: members.timestamp('expires_at'),
    signature: members.signature('signature'),
  });
}
