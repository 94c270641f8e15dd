import { parseTimestamp, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { Logger } from 'pino';
import { CustodyError } from '../custody/custody-error.js';
import type { KeyRing } from './key-ring.js';

export interface KeyRenewalOptions {
  readonly keys: KeyRing;
  readonly logger: Logger;
  /** How long passports live: an issuing passport must outlive them. */
  readonly passportTtlSeconds: number;
  /** Whether a passport is revoked. */
  readonly isRevoked: (passportId: string) => Promise<boolean>;
  readonly clock?: Clock;
}

const DAY_MS = 86_400_000;

/**
 * Sees to it that the issuing passport outlives what is issued with it, as no passport may outlive its issuer's, and that the key set does not run out. Where the
 * root is not at hand, says in the log once a day what is due.
 */
export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  #warnedMs = Number.NEGATIVE_INFINITY;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
  }

  /** Makes a new issuing key where it is time, or the present one has been revoked; signs the key set anew where it is time. */
  async renewInTime(): Promise<void> {
    const { keys, logger } = this.#options;
    try {
      if (await this.#needsIssuingKey()) {
        const { name } = await keys.rotate('passport');
        logger.info({ key: name }, 'a new issuing key');
      }
      if (keys.needsKeySet()) {
        const { number } = await keys.renewKeySet();
        logger.info({ number }, 'a new key set');
      }
    } catch (error) {
      if (!(error instanceof CustodyError) || error.code !== 'custody_key_missing') throw error;
      this.#warn();
    }
  }

  async #needsIssuingKey(): Promise<boolean> {
    const { keys, passportTtlSeconds, isRevoked, clock = systemClock } = this.#options;
    const { passport_id, issued_at, expires_at } = keys.issuing().passport;
    const [issuedAtMs, expiresAtMs] = [parseTimestamp(issued_at), parseTimestamp(expires_at)];
    // For half of its life at most, or lives that are as long as the issuer's would end in making keys for ever.
    const marginMs = Math.min(passportTtlSeconds * 1000, (expiresAtMs - issuedAtMs) / 2);
    return expiresAtMs - clock() <= marginMs || (await isRevoked(passport_id));
  }

  #warn(): void {
    const { keys, logger, clock = systemClock } = this.#options;
    const nowMs = clock();
    if (nowMs - this.#warnedMs < DAY_MS) return;
    this.#warnedMs = nowMs;
    logger.warn(
      { issuingExpiresAt: keys.issuing().passport.expires_at, keySetEndsAt: keys.keySet()?.next_update },
      'The issuing key or the key set has to be renewed, and the root key is not here.',
    );
  }
}
