import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { MemoryNumberState } from '../statement/index.js';
import type { NumberState, StatementSource } from '../statement/index.js';
import { NumberGuard } from '../statement/number-guard.js';
import type { StatusAnswer, StatusQuery, StatusSource } from '../status/status-source.js';
import type { RevokedPassport } from './revoked-passport.js';
import { MAX_REVOKED } from './status-list.js';
import { verifyStatusList } from './verify-status-list.js';
import type { VerifiedStatusList } from './verify-status-list.js';

export interface SignedListStatusSourceOptions {
  /** Whose lists are believed, and by which status keys. */
  readonly anchors: TrustAnchors;
  /** Where the highest list number of each issuer is remembered. Default: in memory, so that a restart forgets it. */
  readonly state?: NumberState;
  /** How far ahead of our clock a list may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

interface Entry {
  readonly reason: string;
  readonly untilMs: number;
}

interface Loaded {
  readonly current: VerifiedStatusList;
  /** By passport id: the union of all lists so far. A revocation is final, so one that a later list has lost still counts. */
  readonly revoked: ReadonlyMap<string, Entry>;
}

/**
 * Answers from signed status lists, one per anchor, that somebody feeds it by {@link update}: from a file, a web server, an authority's client. A
 * passport of that anchor that no list names is good for as long as the list counts; of an anchor without a list nothing is known.
 *
 * An answer is as old as its list: where lists are fetched less than once a minute, `maxAgeMs` of `checkStatus` has to allow for that.
 */
export class SignedListStatusSource implements StatusSource {
  readonly #anchors: TrustAnchors;
  readonly #guard: NumberGuard;
  readonly #futureToleranceMs: number;
  readonly #clock: Clock;
  readonly #loaded = new Map<string, Loaded>();

  constructor(options: SignedListStatusSourceOptions) {
    const {
      anchors,
      state = new MemoryNumberState(),
      futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS,
      clock = systemClock,
    } = options;
    this.#anchors = anchors;
    this.#guard = new NumberGuard(state, 'status_list_rolled_back');
    this.#futureToleranceMs = futureToleranceMs;
    this.#clock = clock;
  }

  /**
   * Takes a newer list, or the present one again. What a refused list said changes nothing.
   *
   * Throws `McpsError`: `status_invalid` (malformed, unknown issuer, bad signature, from the future), `status_stale`, `status_list_rolled_back` for
   * a lower number than before and for the same number with other content, `status_unavailable` where the highest number cannot be read or written.
   */
  update(source: StatementSource): Promise<void> {
    return this.#guard.inTurn(() => this.#update(source));
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    const loaded = this.#loaded.get(query.anchor);
    if (loaded === undefined) return Promise.resolve({ status: 'unknown', producedAtMs: 0, expiresAtMs: 0 });
    const { issuedAtMs: producedAtMs, nextUpdateMs: expiresAtMs } = loaded.current;
    const entry = loaded.revoked.get(query.passportId);
    if (entry === undefined) return Promise.resolve({ status: 'good', producedAtMs, expiresAtMs });
    return Promise.resolve({ status: 'revoked', producedAtMs, expiresAtMs, reason: entry.reason });
  }

  async #update(source: StatementSource): Promise<void> {
    const now = this.#clock();
    const verified = await verifyStatusList(source, {
      anchors: this.#anchors,
      now,
      futureToleranceMs: this.#futureToleranceMs,
    });
    const { list, digest } = verified;
    const mark = { number: list.number, digest };
    const isNewer = await this.#guard.isNewer(list.issuer, mark);
    const known = this.#loaded.get(list.issuer);
    // Revocations are counted, and only ever more: a list that counts fewer comes from a past that the authority has gone back to.
    if (known !== undefined && list.epoch < known.current.epoch) throw new McpsError('status_list_rolled_back');
    const revoked = union(known?.revoked, list.revoked, now);
    // Written before it is used: a list that was acted upon must never be forgotten.
    if (isNewer) await this.#guard.record(list.issuer, mark);
    this.#loaded.set(list.issuer, { current: verified, revoked });
  }
}

function union(
  known: ReadonlyMap<string, Entry> | undefined,
  listed: readonly RevokedPassport[],
  now: number,
): Map<string, Entry> {
  const all = new Map<string, Entry>();
  for (const [id, entry] of known ?? []) {
    if (now < entry.untilMs) all.set(id, entry);
  }
  for (const { passport_id: id, reason, passport_expires_at: expiresAt } of listed) {
    const untilMs = Math.max(parseTimestamp(expiresAt), all.get(id)?.untilMs ?? Number.NEGATIVE_INFINITY);
    all.set(id, { reason, untilMs });
  }
  // More than any list may hold: refused rather than cut, so the present list runs out and nothing is good any more.
  if (all.size > 2 * MAX_REVOKED) throw new McpsError('status_invalid');
  return all;
}
