import { encodeBase64Url, randomBytes } from '@mcps/crypto';
import type { Clock } from '@mcps/protocol';
import type { EpochWitness, WitnessRecord } from '../epoch/witness.js';
import { AuthorityError } from '../error.js';
import { EMPTY_ROOT } from '../log/tree.js';
import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import type { BatchOutput } from './batch.js';
import { Ledger } from './ledger.js';
import { follows } from './state.js';
import type { LedgerState } from './state.js';
import { readEdge, readEdgeAt, readState } from './transaction.js';

export interface OpenLedgerOptions {
  /** Migrated. */
  readonly store: Store;
  readonly witness: EpochWitness;
  /** The issuer name. */
  readonly authority: string;
  readonly clock?: Clock;
  readonly maxBatch?: number;
  readonly maxWaiting?: number;
  readonly onCommitted?: (output: BatchOutput) => void;
}

export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly state: LedgerState;
  /** For the authenticators of challenges, the same for all replicas. */
  readonly challengeSecret: string;
  /** False where the database has a history that this witness has not seen: on a replica's first start, or where its record has been lost. */
  readonly wasWitnessed: boolean;
}

/**
 * Opens the ledger of an authority over its database, which it begins if the database is empty, and compares the database with the witness: it must know
 * every revocation that the witness knows, and its log must contain the log that the witness has seen.
 *
 * Rejects with `AuthorityError`: `state_rolled_back` where the database is older than the witness or has another history; `passport_conflict` where it belongs to
 * another authority; `store_unavailable`, `witness_unavailable`.
 */
export async function openLedger(options: OpenLedgerOptions): Promise<OpenedLedger> {
  const { store, witness, authority } = options;
  const record = await witness.read();
  const { state, challengeSecret } = await guarded(async () => {
    await begin(store, authority);
    const challengeSecret = await readIdentity(store, authority);
    const state = await readState(store);
    await readEdge(store.reader, state);
    if (record !== undefined) await compare(store, state, record);
    return { state, challengeSecret };
  });
  // The database may have committed what the witness was not told of any more.
  await witness.advance(state);
  return {
    ledger: new Ledger({ ...options, state }),
    state,
    challengeSecret,
    wasWitnessed: record !== undefined || state.treeSize === 0,
  };
}

async function begin(store: Store, authority: string): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction
      .insertInto('authority_state')
      .values({
        id: 1,
        authority,
        era: 1,
        epoch: 0,
        tree_size: 0,
        root_hash: EMPTY_ROOT,
        list_number: 0,
        next_status_index: 0,
        challenge_secret: encodeBase64Url(randomBytes(32)),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  });
}

async function readIdentity(store: Store, authority: string): Promise<string> {
  const row = await store.reader
    .selectFrom('authority_state')
    .select(['authority', 'challenge_secret'])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  if (row.authority !== authority) {
    throw new AuthorityError('passport_conflict', `The database belongs to ${row.authority}, not to ${authority}.`);
  }
  return row.challenge_secret;
}

async function compare(store: Store, state: LedgerState, record: WitnessRecord): Promise<void> {
  const isBehind = !follows(state, record);
  // Within an era the log only grows: what the witness has seen is its beginning.
  const isForked =
    !isBehind &&
    state.era === record.era &&
    (await readEdgeAt(store.reader, record.treeSize)).rootHash !== record.rootHash;
  if (!isBehind && !isForked) return;
  throw new AuthorityError(
    'state_rolled_back',
    [
      isBehind
        ? 'The database is older than what this authority has already said: it was restored from a backup.'
        : 'The log in the database is another one than this authority has shown before.',
      `The witness has seen era ${record.era}, epoch ${record.epoch}, tree size ${record.treeSize};`,
      `the database is at era ${state.era}, epoch ${state.epoch}, tree size ${state.treeSize}.`,
      'Restore the latest database.',
    ].join(' '),
  );
}
