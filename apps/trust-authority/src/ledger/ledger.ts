import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { EpochWitness } from '../epoch/witness.js';
import { AuthorityError } from '../error.js';
import type { TreeEdge } from '../log/tree.js';
import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { Batch } from './batch.js';
import type { BatchOutput, UsedChallenge } from './batch.js';
import { HighWaterMark } from './state.js';
import type { LedgerState } from './state.js';
import { lockState, readEdge, readPassports, useChallenges, writeBatch } from './transaction.js';

/** One change of what the authority knows. */
export interface Change<T> {
  /** The challenges that it may take: see {@link Batch.takeChallenge}. */
  readonly challenges?: readonly UsedChallenge[];
  /** The passports that it may look at or change. */
  readonly passportIds?: readonly string[];
  /** Makes the change, or throws `AuthorityError` before it has written anything. */
  readonly apply: (batch: Batch) => T;
}

export interface LedgerOptions {
  readonly store: Store;
  readonly witness: EpochWitness;
  /** Where the authority stands. */
  readonly state: LedgerState;
  readonly clock?: Clock;
  /** How many changes one transaction holds at most. Default 256. */
  readonly maxBatch?: number;
  /** How many changes may wait. Default 10,000. */
  readonly maxWaiting?: number;
  /** Told of every batch that has become durable, in order, before any of its changes is acknowledged. */
  readonly onCommitted?: (output: BatchOutput) => void;
}

interface Waiting {
  readonly change: Change<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes changes durable. While one transaction is on its way to the disk, further changes wait, and go together in the next one: the disk is waited for once
 * for all of them, and a single change never waits for company.
 */
export class Ledger {
  readonly #options: Required<Omit<LedgerOptions, 'state'>>;
  readonly #mark: HighWaterMark;
  readonly #waiting: Waiting[] = [];
  #edge: TreeEdge | undefined;
  #work: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: LedgerOptions) {
    const { state, clock = systemClock, maxBatch = 256, maxWaiting = 10_000, onCommitted = () => undefined } = options;
    this.#options = { ...options, clock, maxBatch, maxWaiting, onCommitted };
    // Whoever revoked here waits for the witness, and is told when it fails. What other replicas revoked it has to know as well: theirs may be lost with
    // their machines. Should it fail now, it is told with the next revocation.
    this.#mark = new HighWaterMark(state, (further) => void options.witness.advance(further).catch(() => undefined));
  }

  /** The furthest state that has been seen: whoever reads one passes it here. */
  get mark(): HighWaterMark {
    return this.#mark;
  }

  /**
   * Resolves to what the change returned once it is durable and, where it concerns revocations, the witness has recorded them.
   *
   * Rejects with what the change threw, and with `AuthorityError`: `busy`, `closed`, `state_rolled_back`; `store_unavailable` and `witness_unavailable`, after
   * which the change may have been made.
   */
  submit<T>(change: Change<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new AuthorityError('closed', 'The authority is being stopped.'));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(new AuthorityError('busy', 'Too many changes are waiting.'));
    }
    return new Promise<T>((resolve, reject) => {
      // The queue knows nothing of each change's type: what `apply` returned is what its own promise resolves to.
      this.#waiting.push({ change, resolve: resolve as (value: unknown) => void, reject });
      this.#work ??= this.#run();
    });
  }

  /** Takes no more changes, and resolves once those that were taken are settled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  async #run(): Promise<void> {
    // Everything that is submitted in the same turn of the event loop goes into the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.maxBatch);
      try {
        await this.#commit(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#work = undefined;
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    const { store, witness, onCommitted } = this.#options;
    const settle: (() => void)[] = [];
    const { output, edge } = await guarded(() =>
      store.transaction(async (transaction) => {
        const state = this.#mark.pass(await lockState(store, transaction));
        const edge = this.#edgeAt(state) ?? (await readEdge(transaction, state));
        const batch = new Batch({
          state,
          edge,
          freshChallenges: await useChallenges(
            transaction,
            waiting.flatMap(({ change }) => change.challenges ?? []),
          ),
          passports: await readPassports(
            transaction,
            waiting.flatMap(({ change }) => change.passportIds ?? []),
          ),
          now: this.#options.clock(),
        });
        for (const one of waiting) settle.push(applyOne(batch, one));
        const output = batch.finish();
        if (output.leaves.length > 0) await writeBatch(store, transaction, output);
        return { output, edge };
      }),
    );
    this.#edge = edge;
    this.#mark.raise(output.state);
    // Before anybody hears of a revocation it is known outside the database too, so that no backup can undo it.
    await witness.advance(output.state);
    onCommitted(output);
    for (const done of settle) done();
  }

  /** The edge as the last batch left it, where nobody else has appended since. */
  #edgeAt({ treeSize, rootHash }: LedgerState): TreeEdge | undefined {
    const edge = this.#edge;
    return edge?.size === treeSize && edge.rootHash === rootHash ? edge.copy() : undefined;
  }
}

/** Applies one change; returns what tells its submitter, once the batch is durable. */
function applyOne(batch: Batch, { change, resolve, reject }: Waiting): () => void {
  const before = batch.writes;
  try {
    const value = change.apply(batch);
    return () => {
      resolve(value);
    };
  } catch (error) {
    // Half a change must not become durable with the others.
    if (batch.writes !== before) throw error;
    return () => {
      reject(error);
    };
  }
}
