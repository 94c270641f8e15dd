import { formatTimestamp } from '@mcps/protocol';
import { AuthorityError } from '../error.js';
import type { Ledger } from '../ledger/ledger.js';
import type { KeyRing } from './key-ring.js';

/** What is used up for ever. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Writes each published key into the log, once: also when several replicas, or several starts, find that it is not there. */
export async function logKeys(ledger: Ledger, keys: KeyRing): Promise<void> {
  for (const { purpose, thumbprint } of keys.published()) {
    // Used up together with the leaf, in one transaction.
    const once = { challenge: `key ${purpose} ${thumbprint}`, expiresAtMs: NEVER_MS };
    const logged = ledger.submit({
      challenges: [once],
      apply: (batch) => {
        batch.takeChallenge(once.challenge);
        batch.log({ type: 'key', at: formatTimestamp(batch.now), purpose, key: thumbprint });
      },
    });
    await logged.catch((error: unknown) => {
      if (!(error instanceof AuthorityError && error.code === 'challenge_used')) throw error;
    });
  }
}
