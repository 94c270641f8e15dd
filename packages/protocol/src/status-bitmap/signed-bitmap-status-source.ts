import { currentAnchors } from '../anchor/current-anchors.js';
import type { TrustAnchorsSource } from '../anchor/current-anchors.js';
import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import type { StatementSource } from '../statement/index.js';
import { Latest } from '../statement/latest.js';
import type { LatestOptions } from '../statement/latest.js';
import { Turns } from '../statement/turns.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import type { UpdateListOptions } from '../status-list/index.js';
import type { StatusAnswer, StatusQuery, StatusSource } from '../status/status-source.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { isVerified } from '../verified/index.js';
import type { StatusBits } from './status-bits.js';
import { verifyStatusBitmap } from './verify-status-bitmap.js';
import type { VerifiedStatusBitmap } from './verify-status-bitmap.js';

export interface SignedBitmapStatusSourceOptions extends LatestOptions {
  /** Whose bitmaps are believed, and by which status keys. */
  readonly anchors: TrustAnchorsSource;
  /** How far ahead of our clock a bitmap may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

/**
 * Answers from signed status bitmaps, one per anchor, that somebody feeds it by {@link update}. A look-up costs one access to memory, however many passports there
 * are. Nothing is known of a passport without a `status_index`, or with one that the bitmap does not reach.
 *
 * A revocation is final: a bit that was set in any bitmap of the anchor stays set, as indices are never used again.
 */
export class SignedBitmapStatusSource implements StatusSource {
  readonly #anchors: TrustAnchorsSource;
  readonly #futureToleranceMs: number;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #latest: Latest<VerifiedStatusBitmap>;
  readonly #revoked = new Map<string, StatusBits>();

  constructor(options: SignedBitmapStatusSourceOptions) {
    const { anchors, clock = systemClock, futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
    this.#anchors = anchors;
    this.#futureToleranceMs = futureToleranceMs;
    this.#clock = clock;
    this.#latest = new Latest(options);
  }

  /**
   * Takes a newer bitmap, as received or as `verifyStatusBitmap` has returned it, or the present one again. One that is authentic but refused for its place makes
   * nobody good; the bits that it sets count all the same.
   *
   * Throws `McpsError`: `status_invalid`, `status_stale`, `status_list_rolled_back` for a lower number than before, for the same number with another set and
   * for fewer revocations, `status_fork` for another history of the log, `status_unavailable` where what must be remembered cannot be read or written.
   */
  update(source: StatementSource | VerifiedStatusBitmap, options: UpdateListOptions = {}): Promise<void> {
    return this.#turns.run(() => this.#update(source, options));
  }

  check({ anchor, statusIndex }: StatusQuery): Promise<StatusAnswer> {
    const current = this.#latest.get(anchor);
    const times = { producedAtMs: current?.issuedAtMs ?? 0, expiresAtMs: current?.nextUpdateMs ?? 0 };
    if (statusIndex === undefined) return Promise.resolve({ status: 'unknown', ...times });
    if (this.#revoked.get(anchor)?.has(statusIndex) === true) return Promise.resolve({ status: 'revoked', ...times });
    const isCovered = current !== undefined && statusIndex < current.bits.size;
    return Promise.resolve({ status: isCovered ? 'good' : 'unknown', ...times });
  }

  async #update(
    source: StatementSource | VerifiedStatusBitmap,
    { consistencyProof }: UpdateListOptions,
  ): Promise<void> {
    const verified = await this.#verified(source);
    const { authority, bits, bitmap, digest } = verified;
    this.#revoked.set(authority, this.#revoked.get(authority)?.union(bits) ?? bits);
    await this.#latest.accept(verified, { number: bitmap.number, digest }, consistencyProof);
  }

  async #verified(source: StatementSource | VerifiedStatusBitmap): Promise<VerifiedStatusBitmap> {
    const options = { now: this.#clock(), futureToleranceMs: this.#futureToleranceMs };
    if (!isVerifiedBitmap(source))
      return verifyStatusBitmap(source, { ...options, anchors: currentAnchors(this.#anchors) });
    checkPeriod(source.issuedAtMs, source.nextUpdateMs, instantsOf(options));
    return source;
  }
}

function isVerifiedBitmap(source: StatementSource | VerifiedStatusBitmap): source is VerifiedStatusBitmap {
  return isVerified(source, 'status-bitmap');
}
