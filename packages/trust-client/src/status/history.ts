import { McpsError, verifyTreeHead } from '@mcps/protocol';
import type { LogCommitment, ProofRequest, TreeHeadMonitor, TrustAnchors, Verified } from '@mcps/protocol';
import type { AuthorityApi } from '../authority/authority-api.js';
import { SingleFlight } from '../cache/single-flight.js';
import { isStill } from '../timing.js';

const HEAD_PATH = 'api/log/tree-head';
const MAX_HEAD_BYTES = 16 * 1024;
/** The most bytes of a consistency proof: some sixty hashes of 64 digits, with room to spare. */
const MAX_PROOF_BYTES = 32 * 1024;
const MAX_PROOFS_AT_ONCE = 16;
/** Other statements may move the mark while a proof is under way. */
const ATTEMPTS = 4;
/** For how long everything is proved before it is believed, after something that was believed turned out to belong to another history. */
const DISTRUST_MS = 60_000;

export interface HistoryOptions {
  readonly monitor: TreeHeadMonitor;
  readonly api: AuthorityApi;
  readonly anchors: TrustAnchors;
  readonly clock: () => number;
  /** Whether the authority can be asked at all. */
  readonly isReachable: boolean;
  /** Is told when a statement belongs to another history, after it has been believed. */
  readonly onFork: (error: McpsError) => void;
}

/** Holds one authority to one history of its log, fetching the proofs that takes. */
export class History {
  readonly #options: HistoryOptions;
  readonly #proofs = new SingleFlight<string, Uint8Array>(MAX_PROOFS_AT_ONCE);
  #isAuditing = false;
  #nextAudit: Verified<LogCommitment> | undefined;
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;
  #forks = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** How many statements that were believed have turned out to belong to another history. */
  get forks(): number {
    return this.#forks;
  }

  /**
   * Proves that a statement belongs to the history that is known. Where there is nobody to ask for a proof, only what needs none can be held to it.
   *
   * Rejects with `McpsError` `status_fork` where it does not, `status_unavailable` where the state cannot be read or written, and with `TrustClientError`
   * where the proof cannot be had.
   */
  async prove(statement: Verified<LogCommitment>): Promise<void> {
    const { monitor } = this.#options;
    let needed = await monitor.proofNeeded(statement);
    if (needed !== undefined && !this.#options.isReachable) return;
    for (let attempt = 1; ; attempt++) {
      const proof = needed === undefined ? undefined : await this.#proof(needed);
      try {
        await monitor.observe(statement, proof);
        return;
      } catch (error) {
        const before = needed;
        needed = await monitor.proofNeeded(statement);
        if (attempt === ATTEMPTS || isSame(before, needed)) throw error;
      }
    }
  }

  /**
   * Believes an answer about one passport now and has it proved afterwards, so that nobody waits for a proof whenever the log has grown. An answer from before
   * the known state is proved first: it may come from a backup that was restored.
   *
   * Rejects as {@link prove} does.
   */
  async believe(statement: Verified<LogCommitment>): Promise<void> {
    const needed = await this.#options.monitor.proofNeeded(statement);
    const isLater = needed !== undefined && statement.treeHead?.tree_size === needed.toSize;
    if (!isLater || isStill(this.#options.clock(), this.#distrustedUntilMs, DISTRUST_MS)) return this.prove(statement);
    // Of several that wait the last will do: it proves all that it follows from.
    this.#nextAudit = statement;
    if (!this.#isAuditing) void this.#auditAll();
  }

  /**
   * Asks for the state of the log and for the life that it is in. A new life is believed only where the root key vouches for it, and what comes later is held to
   * it from then on.
   *
   * @returns how many passports have been revoked at that state
   *
   * Rejects as {@link prove} does, and with `TrustClientError` where the authority cannot be asked.
   */
  async catchUp(): Promise<number> {
    const { api, anchors, clock } = this.#options;
    return api.get(HEAD_PATH, MAX_HEAD_BYTES, async (body) => {
      const verified = await verifyTreeHead(body, { anchors, clock });
      await this.prove(verified);
      return verified.epoch;
    });
  }

  async #auditAll(): Promise<void> {
    this.#isAuditing = true;
    for (let next = this.#nextAudit; next !== undefined; next = this.#nextAudit) {
      this.#nextAudit = undefined;
      await this.prove(next).catch((error: unknown) => {
        if (error instanceof McpsError && error.reason === 'status_fork') this.#fork(error);
      });
    }
    this.#isAuditing = false;
  }

  #fork(error: McpsError): void {
    this.#forks += 1;
    this.#distrustedUntilMs = this.#options.clock() + DISTRUST_MS;
    this.#options.onFork(error);
  }

  #proof({ fromSize, toSize }: ProofRequest): Promise<Uint8Array> {
    const path = `api/log/consistency?from=${fromSize}&to=${toSize}`;
    return this.#proofs.run(path, () => this.#options.api.get(path, MAX_PROOF_BYTES, async (body) => body));
  }
}

function isSame(a: ProofRequest | undefined, b: ProofRequest | undefined): boolean {
  return a?.fromSize === b?.fromSize && a?.toSize === b?.toSize;
}
