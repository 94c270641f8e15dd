import { parseTimestamp, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { Logger } from 'pino';
import { CustodyError } from '../custody/custody-error.js';
import type { KeyRing } from './key-ring.js';

export interface IssuingKeyRenewalOptions {
  readonly keys: KeyRing;
  readonly logger: Logger;
  /** How long passports live: an issuing passport must outlive them. */
  readonly passportTtlSeconds: number;
  /** Whether a passport is revoked. */
  readonly isRevoked: (passportId: string) => Promise<boolean>;
  readonly clock?: Clock;
}

const DAY_MS = 86_400_000;

/** Sees to it that the issuing passport outlives what is issued with it, as no passport may outlive its issuer's. */
export class IssuingKeyRenewal {
  readonly #options: IssuingKeyRenewalOptions;
  #warnedMs = Number.NEGATIVE_INFINITY;

  constructor(options: IssuingKeyRenewalOptions) {
    this.#options = options;
  }

  /** Makes a new issuing key where it is time, or the present one has been revoked; where the root is not at hand, says so in the log once a day. */
  async renewInTime(): Promise<void> {
    const { keys, logger, clock = systemClock } = this.#options;
    const { passport_id, issued_at, expires_at } = keys.issuing().passport;
    const [issuedAtMs, expiresAtMs, nowMs] = [parseTimestamp(issued_at), parseTimestamp(expires_at), clock()];
    // For half of its life at most, or lives that are as long as the issuer's would end in making keys for ever.
    const marginMs = Math.min(this.#options.passportTtlSeconds * 1000, (expiresAtMs - issuedAtMs) / 2);
    if (expiresAtMs - nowMs > marginMs && !(await this.#options.isRevoked(passport_id))) return;
    try {
      const { name } = await keys.rotate('passport');
      logger.info({ key: name }, 'a new issuing key');
    } catch (error) {
      if (!(error instanceof CustodyError) || error.code !== 'custody_key_missing') throw error;
      if (nowMs - this.#warnedMs < DAY_MS) return;
      this.#warnedMs = nowMs;
      logger.warn({ expiresAt: expires_at }, 'The issuing key has to be renewed, and the root key is not here.');
    }
  }
}
