import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { currentAnchors } from '../anchor/current-anchors.js';
import type { TrustAnchorsSource } from '../anchor/current-anchors.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { StatementSource } from '../statement/index.js';
import { Latest } from '../statement/latest.js';
import type { LatestOptions } from '../statement/latest.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { Turns } from '../statement/turns.js';
import type { StatusAnswer, StatusQuery, StatusSource } from '../status/status-source.js';
import { applyStatusListDelta, verifyStatusListDelta } from '../status-list-delta/index.js';
import type { VerifiedStatusListDelta } from '../status-list-delta/index.js';
import { isVerified } from '../verified/index.js';
import { RevokedUnion } from './revoked-union.js';
import { verifyStatusList } from './verify-status-list.js';
import type { VerifiedStatusList } from './verify-status-list.js';

export interface SignedListStatusSourceOptions extends LatestOptions {
  /** Whose lists are believed, and by which status keys. */
  readonly anchors: TrustAnchorsSource;
  /** How far ahead of our clock a list may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

export interface UpdateListOptions {
  /** What joins the list's state of the log to the furthest one that the monitor knows, where it asks for that. */
  readonly consistencyProof?: StatementSource;
}

/**
 * Answers from signed status lists, one per anchor, that somebody feeds it by {@link update} and {@link applyDelta}: from a file, a web server, an authority's client. A
 * passport of that anchor that no list names is good for as long as the list counts; of an anchor without a list nothing is known.
 *
 * A revocation is final: one that any list of the anchor has named counts until the passport has expired, also where a later list has lost it.
 *
 * An answer is as old as its list: where lists are fetched less than once a minute, `maxAgeMs` of `checkStatus` has to allow for that.
 */
export class SignedListStatusSource implements StatusSource {
  readonly #anchors: TrustAnchorsSource;
  readonly #futureToleranceMs: number;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #latest: Latest<VerifiedStatusList>;
  readonly #revoked = new Map<string, RevokedUnion>();

  constructor(options: SignedListStatusSourceOptions) {
    const { anchors, clock = systemClock, futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
    this.#anchors = anchors;
    this.#latest = new Latest(options);
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

  /**
   * Takes a delta, as received or as `verifyStatusListDelta` has returned it, that leads on from the present list. What an authentic one says of revocations
   * counts, whether or not it can be applied.
   *
   * Throws `McpsError`: `status_gap` where it leads on from another list, so that the whole one has to be fetched, and what {@link update} throws.
   */
  applyDelta(source: StatementSource | VerifiedStatusListDelta, options: UpdateListOptions = {}): Promise<void> {
    return this.#turns.run(() => this.#applyDelta(source, options));
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    const reason = this.#revoked.get(query.anchor)?.reasonOf(query.passportId);
    const current = this.#latest.get(query.anchor);
    const times = { producedAtMs: current?.issuedAtMs ?? 0, expiresAtMs: current?.nextUpdateMs ?? 0 };
    if (reason !== undefined) return Promise.resolve({ status: 'revoked', ...times, reason });
    return Promise.resolve({ status: current === undefined ? 'unknown' : 'good', ...times });
  }

  async #update(source: StatementSource | VerifiedStatusList, { consistencyProof }: UpdateListOptions): Promise<void> {
    const now = this.#clock();
    await this.#take(await this.#verified(source, now), now, consistencyProof);
  }

  async #applyDelta(
    source: StatementSource | VerifiedStatusListDelta,
    { consistencyProof }: UpdateListOptions,
  ): Promise<void> {
    const now = this.#clock();
    const options = { anchors: currentAnchors(this.#anchors), now, futureToleranceMs: this.#futureToleranceMs };
    const delta = isVerifiedDelta(source) ? source : await verifyStatusListDelta(source, options);
    this.#unionOf(delta.authority).add(delta.delta.added, now);
    const current = this.#latest.get(delta.authority);
    if (current === undefined) throw new McpsError('status_gap');
    await this.#take(await applyStatusListDelta(current, delta, options), now, consistencyProof);
  }

  async #take(verified: VerifiedStatusList, now: number, consistencyProof: StatementSource | undefined): Promise<void> {
    const { list, digest } = verified;
    this.#unionOf(list.issuer).add(list.revoked, now);
    await this.#latest.accept(verified, { number: list.number, digest }, consistencyProof);
  }

  async #verified(source: StatementSource | VerifiedStatusList, now: number): Promise<VerifiedStatusList> {
    const options = { now, futureToleranceMs: this.#futureToleranceMs };
    if (!isVerifiedList(source))
      return verifyStatusList(source, { ...options, anchors: currentAnchors(this.#anchors) });
    checkPeriod(source.issuedAtMs, source.nextUpdateMs, instantsOf(options));
    return source;
  }

  #unionOf(issuer: string): RevokedUnion {
    const union = this.#revoked.get(issuer) ?? new RevokedUnion();
    this.#revoked.set(issuer, union);
    return union;
  }
}

function isVerifiedDelta(source: StatementSource | VerifiedStatusListDelta): source is VerifiedStatusListDelta {
  return isVerified(source, 'status-list-delta');
}

function isVerifiedList(source: StatementSource | VerifiedStatusList): source is VerifiedStatusList {
  return isVerified(source, 'status-list');
}
