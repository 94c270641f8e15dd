import { McpsError } from '../errors/index.js';
import { parseTimestamp } from '../time/index.js';
import type { RevokedPassport } from './revoked-passport.js';
import { MAX_REVOKED } from './status-list.js';

interface Entry {
  readonly reason: string;
  readonly untilMs: number;
}

/** All revocations that an anchor has ever stated, each until the passport has expired. */
export class RevokedUnion {
  readonly #entries = new Map<string, Entry>();

  /** Why a passport was revoked; `undefined` where it is not known to be. */
  reasonOf(passportId: string): string | undefined {
    return this.#entries.get(passportId)?.reason;
  }

  /**
   * Adds revocations, and drops those of passports that have expired.
   *
   * Throws `McpsError` `status_invalid` where that would be more than twice what a list may hold: refused rather than cut, so that what is good now runs out.
   */
  add(revoked: readonly RevokedPassport[], now: number): void {
    for (const [id, { untilMs }] of this.#entries) {
      if (untilMs <= now) this.#entries.delete(id);
    }
    const unknown = revoked.filter(({ passport_id: id }) => !this.#entries.has(id)).length;
    if (this.#entries.size + unknown > 2 * MAX_REVOKED) throw new McpsError('status_invalid');
    for (const { passport_id: id, reason, passport_expires_at: expiresAt } of revoked) {
      const untilMs = Math.max(parseTimestamp(expiresAt), this.#entries.get(id)?.untilMs ?? Number.NEGATIVE_INFINITY);
      this.#entries.set(id, { reason, untilMs });
    }
  }
}
