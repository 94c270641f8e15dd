import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import type { TreeHeadMonitor } from '../log/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { MemoryNumberState } from '../statement/index.js';
import type { NumberState, StatementSource } from '../statement/index.js';
import { NumberGuard } from '../statement/number-guard.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { Turns } from '../statement/turns.js';
import type { StatusAnswer, StatusQuery, StatusSource } from '../status/status-source.js';
import { isVerified } from '../verified/index.js';
import { RevokedUnion } from './revoked-union.js';
import { verifyStatusList } from './verify-status-list.js';
import type { VerifiedStatusList } from './verify-status-list.js';

export interface SignedListStatusSourceOptions {
  /** Whose lists are believed, and by which status keys. */
  readonly anchors: TrustAnchors;
  /** Where the highest list number of each issuer is remembered. Default: in memory, so that a restart forgets it. */
  readonly state?: NumberState;
  /** Holds the lists to one history of their issuer's log. Default: none, and lists need not name a state of it. */
  readonly monitor?: TreeHeadMonitor;
  /** How far ahead of our clock a list may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

export interface UpdateListOptions {
  /** What joins the list's state of the log to the furthest one that the monitor knows, where it asks for that. */
  readonly consistencyProof?: StatementSource;
}

/**
 * Answers from signed status lists, one per anchor, that somebody feeds it by {@link update}: from a file, a web server, an authority's client. A
 * passport of that anchor that no list names is good for as long as the list counts; of an anchor without a list nothing is known.
 *
 * A revocation is final: one that any list of the anchor has named counts until the passport has expired, also where a later list has lost it.
 *
 * An answer is as old as its list: where lists are fetched less than once a minute, `maxAgeMs` of `checkStatus` has to allow for that.
 */
export class SignedListStatusSource implements StatusSource {
  readonly #anchors: TrustAnchors;
  readonly #guard: NumberGuard;
  readonly #monitor: TreeHeadMonitor | undefined;
  readonly #futureToleranceMs: number;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #current = new Map<string, VerifiedStatusList>();
  readonly #revoked = new Map<string, RevokedUnion>();

  constructor(options: SignedListStatusSourceOptions) {
    const { state = new MemoryNumberState(), clock = systemClock } = options;
    const { futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
    this.#anchors = options.anchors;
    this.#guard = new NumberGuard(state, 'status_list_rolled_back');
    this.#monitor = options.monitor;
    this.#futureToleranceMs = futureToleranceMs;
    this.#clock = clock;
  }

  /**
   * Takes a newer list, or the present one again; of one that `verifyStatusList` has returned only the time is checked again. A list that is authentic but
   * refused for its place, as older or of another history, makes nobody good; what it says of revocations counts all the same. Nothing that any other
   * refused list said counts.
   *
   * Throws `McpsError`: `status_invalid` (malformed, unknown issuer, bad signature, from the future), `status_stale`, `status_list_rolled_back` for
   * a lower number than before, for the same number with other content and for fewer revocations, `status_fork` for another history of the log,
   * `status_unavailable` where what must be remembered cannot be read or written.
   */
  update(source: StatementSource | VerifiedStatusList, options: UpdateListOptions = {}): Promise<void> {
    return this.#turns.run(() => this.#update(source, options));
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    const reason = this.#revoked.get(query.anchor)?.reasonOf(query.passportId);
    const current = this.#current.get(query.anchor);
    const times = { producedAtMs: current?.issuedAtMs ?? 0, expiresAtMs: current?.nextUpdateMs ?? 0 };
    if (reason !== undefined) return Promise.resolve({ status: 'revoked', ...times, reason });
    return Promise.resolve({ status: current === undefined ? 'unknown' : 'good', ...times });
  }

  async #update(source: StatementSource | VerifiedStatusList, { consistencyProof }: UpdateListOptions): Promise<void> {
    const now = this.#clock();
    const verified = await this.#verified(source, now);
    const { list, digest } = verified;
    this.#unionOf(list.issuer).add(list.revoked, now);
    const mark = { number: list.number, digest };
    const isNewer = await this.#guard.isNewer(list.issuer, mark);
    const current = this.#current.get(list.issuer);
    // Revocations are counted, and only ever more: a list that counts fewer comes from a past that the authority has gone back to.
    if (current !== undefined && list.epoch < current.epoch) throw new McpsError('status_list_rolled_back');
    await this.#monitor?.observe(verified, consistencyProof);
    // Written before it is used: a list that was acted upon must never be forgotten.
    if (isNewer) await this.#guard.record(list.issuer, mark);
    this.#current.set(list.issuer, verified);
  }

  async #verified(source: StatementSource | VerifiedStatusList, now: number): Promise<VerifiedStatusList> {
    const options = { now, futureToleranceMs: this.#futureToleranceMs };
    if (!isVerifiedList(source)) return verifyStatusList(source, { ...options, anchors: this.#anchors });
    checkPeriod(source.issuedAtMs, source.nextUpdateMs, instantsOf(options));
    return source;
  }

  #unionOf(issuer: string): RevokedUnion {
    const union = this.#revoked.get(issuer) ?? new RevokedUnion();
    this.#revoked.set(issuer, union);
    return union;
  }
}

function isVerifiedList(source: StatementSource | VerifiedStatusList): source is VerifiedStatusList {
  return isVerified(source, 'status-list');
}
