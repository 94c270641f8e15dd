import { McpsError } from '../errors/index.js';
import type { StatementSource } from '../statement/index.js';
import { Turns, accessState } from '../statement/turns.js';
import type { LogCommitment, TreeHeadReference, VerifiedTreeHead } from '../tree-head/index.js';
import { isVerified } from '../verified/index.js';
import type { Verified, VerifiedKind } from '../verified/index.js';
import { MemoryTreeHeadState } from './tree-head-state.js';
import type { TreeHeadMark, TreeHeadState } from './tree-head-state.js';
import { verifyConsistency } from './verify.js';

export interface TreeHeadMonitorOptions {
  /** Where the furthest state of each log is remembered. Default: in memory, so that a restart is a first contact. */
  readonly state?: TreeHeadState;
  /** The era that an authority's root key has vouched for, by issuer name: that of its verified key set. Default: no era but the first that is seen. */
  readonly trustedEra?: (authority: string) => number | undefined;
}

/** Two sizes of a log that a consistency proof has to join. */
export interface ProofRequest {
  readonly fromSize: number;
  readonly toSize: number;
}

const COMMITTED: readonly VerifiedKind[] = [
  'tree-head',
  'signed-status',
  'staple',
  'status-list',
  'status-list-delta',
  'status-bitmap',
];

/**
 * Holds authorities to one history. Of each it remembers the furthest state of its log that it has believed, and every further statement has to prove that it
 * belongs to the same history, in whichever direction; a restored backup, or another history shown to somebody else, cannot. The first statement of
 * an authority is believed as it stands.
 *
 * A new era of a log is believed only where the root key vouches for it, and begins anew; the count of revocations goes on all the same.
 */
export class TreeHeadMonitor {
  readonly #state: TreeHeadState;
  readonly #trustedEra: (authority: string) => number | undefined;
  readonly #turns = new Turns();

  constructor(options: TreeHeadMonitorOptions = {}) {
    const { state = new MemoryTreeHeadState(), trustedEra = () => undefined } = options;
    this.#state = state;
    this.#trustedEra = trustedEra;
  }

  /** Which proof to fetch before showing a statement; `undefined` where none is needed. Throws `McpsError` `status_unavailable`. */
  async proofNeeded(statement: Verified<LogCommitment>): Promise<ProofRequest | undefined> {
    const { authority, treeHead } = assertCommitted(statement);
    const mark = await accessState(() => this.#state.load(authority));
    if (mark === undefined || treeHead === undefined || beginsEra(statement, mark)) return undefined;
    const [fromSize = 0, toSize = 0] = [mark.tree_size, treeHead.tree_size].sort((a, b) => a - b);
    return fromSize === toSize || fromSize === 0 ? undefined : { fromSize, toSize };
  }

  /**
   * Shows a verified statement, with the consistency proof between its state of the log and the furthest one that is known. On return it belongs to the
   * history that has been seen so far. One without a state of the log says nothing.
   *
   * Throws `McpsError`: `status_fork` for another history: a root that does not match, a proof that is missing or does not hold, fewer revocations at a later
   * state, an era that has ended or that nobody vouches for; `status_unavailable` where the state cannot be read or written. `TypeError` for anything
   * but what verification returned.
   */
  observe(statement: Verified<LogCommitment>, proof?: StatementSource): Promise<void> {
    const { authority, epoch, treeHead } = assertCommitted(statement);
    if (treeHead === undefined) return Promise.resolve();
    return this.#turns.run(async () => {
      const known = await accessState(() => this.#state.load(authority));
      const era = eraOf(statement) ?? known?.era;
      const { tree_size, root_hash } = treeHead;
      const mark: TreeHeadMark = { ...(era === undefined ? {} : { era }), epoch, tree_size, root_hash };
      const isNews = known === undefined || (await this.#follows(authority, known, mark, proof));
      if (isNews) await accessState(() => this.#state.save(authority, mark));
    });
  }

  /** Whether a state tells more than the known one does. Throws `McpsError` `status_fork` where it belongs to another history. */
  async #follows(
    authority: string,
    known: TreeHeadMark,
    mark: TreeHeadMark,
    proof: StatementSource | undefined,
  ): Promise<boolean> {
    if (known.era !== undefined && mark.era !== undefined && known.era !== mark.era) {
      const isVouchedFor = mark.era > known.era && mark.era <= (this.#trustedEra(authority) ?? known.era);
      if (!isVouchedFor || mark.epoch < known.epoch) throw new McpsError('status_fork');
      return true;
    }
    const isLater = mark.tree_size > known.tree_size;
    const [first, second] = isLater ? [known, mark] : [mark, known];
    const isSame = first.tree_size === second.tree_size;
    // Every revocation is logged, so that equal logs count the same.
    if (isSame ? first.epoch !== second.epoch : first.epoch > second.epoch) throw new McpsError('status_fork');
    await checkHistory(first, second, proof);
    return isLater || (isSame && known.era !== mark.era);
  }
}

async function checkHistory(
  first: TreeHeadReference,
  second: TreeHeadReference,
  proof: StatementSource | undefined,
): Promise<void> {
  const nothingToProve = { from_size: first.tree_size, to_size: second.tree_size, path: [] };
  try {
    await verifyConsistency(proof ?? nothingToProve, first, second);
  } catch (error) {
    throw new McpsError('status_fork', {}, { cause: error });
  }
}

function assertCommitted(statement: Verified<LogCommitment>): LogCommitment {
  if (!COMMITTED.some((kind) => isVerified(statement, kind))) {
    throw new TypeError('A statement that verification has returned is expected');
  }
  return statement;
}

/** Only a tree head says which era it belongs to. */
function eraOf(statement: Verified<LogCommitment>): number | undefined {
  return isVerified(statement, 'tree-head') ? (statement as VerifiedTreeHead).head.era : undefined;
}

function beginsEra(statement: Verified<LogCommitment>, mark: TreeHeadMark): boolean {
  const era = eraOf(statement);
  return era !== undefined && mark.era !== undefined && era !== mark.era;
}
