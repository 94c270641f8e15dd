import { decodeHex } from '@mcps/crypto';
import { proveConsistency, proveInclusion, signTreeHead } from '@mcps/protocol';
import type { Clock, LogNodeReader } from '@mcps/protocol';
import type { ConsistencyProof, InclusionProof, LogEntry, TransparencyLog } from '../authority.js';
import { AuthorityError } from '../error.js';
import type { TreeHead } from '../formats.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { LedgerState } from '../ledger/state.js';
import { guarded } from '../store/open-store.js';
import { findPassports } from '../store/repository.js';
import type { Store } from '../store/store.js';
import { readNodes } from './nodes.js';

export interface LogServiceOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** The present state, as the database has it. */
  readonly state: () => Promise<LedgerState>;
}

/** Reads the log, and proves what is in it. */
export class LogService implements TransparencyLog {
  readonly #options: LogServiceOptions;
  readonly #reader: LogNodeReader;

  constructor(options: LogServiceOptions) {
    this.#options = options;
    this.#reader = {
      read: async (nodes) => {
        const places = nodes.map(({ level, index }) => ({ level, idx: index }));
        return (await readNodes(options.store.reader, places)).map(decodeHex);
      },
    };
  }

  async treeHead(): Promise<TreeHead> {
    const { keys, clock, state } = this.#options;
    const { era, epoch, treeSize, rootHash } = await state();
    const treeHead = { tree_size: treeSize, root_hash: rootHash };
    return signTreeHead({ authority: keys.issuer, era, epoch, treeHead, clock }, keys.status());
  }

  async inclusion(leafIndex: number, treeSize?: number): Promise<InclusionProof> {
    const size = await this.#sizeOf(treeSize);
    if (leafIndex >= size) throw new AuthorityError('log_range', 'The log of that size has no such entry.');
    const { store } = this.#options;
    return guarded(async () => {
      const { leaf } = await store.reader
        .selectFrom('log_leaves')
        .select('leaf')
        .where('idx', '=', leafIndex)
        .executeTakeFirstOrThrow();
      const { path } = await proveInclusion(leafIndex, size, this.#reader);
      return { leaf, leafIndex, treeSize: size, path };
    });
  }

  async inclusionOf(passportId: string, treeSize?: number): Promise<InclusionProof> {
    const [row] = await guarded(() => findPassports(this.#options.store.reader, [passportId]));
    if (row === undefined) throw new AuthorityError('passport_unknown', 'This authority issued no such passport.');
    return this.inclusion(row.leaf_index, treeSize);
  }

  async consistency(fromSize: number, toSize?: number): Promise<ConsistencyProof> {
    const size = await this.#sizeOf(toSize);
    if (fromSize > size) throw new AuthorityError('log_range', 'The log is not as long as that.');
    const { path } = await guarded(() => proveConsistency(fromSize, size, this.#reader));
    return { fromSize, toSize: size, path };
  }

  async entries(start: number, limit: number): Promise<readonly LogEntry[]> {
    const rows = await guarded(() =>
      this.#options.store.reader
        .selectFrom('log_leaves')
        .select(['idx', 'leaf', 'logged_at'])
        .where('idx', '>=', start)
        .orderBy('idx')
        .limit(limit)
        .execute(),
    );
    return rows.map(({ idx, leaf, logged_at: timestampMs }) => ({ index: idx, leaf, timestampMs }));
  }

  async #sizeOf(wanted: number | undefined): Promise<number> {
    const { treeSize } = await this.#options.state();
    if (wanted !== undefined && wanted > treeSize) {
      throw new AuthorityError('log_range', 'The log is not as long as that.');
    }
    return wanted ?? treeSize;
  }
}
