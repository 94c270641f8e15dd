import { ConfigurationError, McpsError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { PassportStore, PutOutcome } from './store.js';
import { assertVerifiedPassport } from './verified-passport.js';
import type { VerifiedPassport } from './verified-passport.js';

export interface MemoryPassportStoreOptions {
  /** How many whole passports are kept. Default 4,096. */
  readonly maxPassports?: number;
  /** How many identities are remembered with the digest of their passport. Default 65,536. */
  readonly maxIdentities?: number;
  /** How many of those may be of one anchor, so that none uses up the place of the others. Default half of `maxIdentities`. */
  readonly maxIdentitiesPerAnchor?: number;
  readonly clock?: Clock;
}

interface Pin {
  readonly passportId: string;
  readonly issuer: string;
  readonly digest: string;
  readonly expiresAtMs: number;
}

/**
 * A passport store in memory. It remembers two things apart: whole passports, of which the least recently used one is dropped when there are too
 * many (its holder is asked for it again), and which passport belongs to an identity, which is never forgotten while that passport is valid. When there is
 * no room for another identity, the passport is refused.
 */
export class MemoryPassportStore implements PassportStore {
  readonly #maxPassports: number;
  readonly #maxIdentities: number;
  readonly #maxPerAnchor: number;
  readonly #clock: Clock;
  /** By identity, the least recently used first. */
  readonly #passports = new Map<string, VerifiedPassport>();
  /** By identity. */
  readonly #pins = new Map<string, Pin>();
  readonly #identitiesOfId = new Map<string, readonly string[]>();
  readonly #countOfAnchor = new Map<string, number>();
  /** No pin expires before this instant: purging earlier finds nothing. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(options: MemoryPassportStoreOptions = {}) {
    const { maxPassports = 4096, maxIdentities = 65_536, clock = systemClock } = options;
    const { maxIdentitiesPerAnchor = Math.ceil(maxIdentities / 2) } = options;
    for (const limit of [maxPassports, maxIdentities, maxIdentitiesPerAnchor]) {
      if (!Number.isSafeInteger(limit) || limit < 1) {
        throw new ConfigurationError('option_invalid', 'The limits of a passport store are whole numbers from 1 on.');
      }
    }
    this.#maxPassports = maxPassports;
    this.#maxIdentities = maxIdentities;
    this.#maxPerAnchor = maxIdentitiesPerAnchor;
    this.#clock = clock;
  }

  /** How many identities are remembered. */
  get size(): number {
    return this.#pins.size;
  }

  get(passportId: string): Promise<VerifiedPassport | undefined> {
    const [identity, another] = this.#identitiesOfId.get(passportId) ?? [];
    if (identity === undefined || another !== undefined) return Promise.resolve(undefined);
    const passport = this.#passports.get(identity);
    if (passport !== undefined) this.#touch(identity, passport);
    return Promise.resolve(passport);
  }

  // Asynchronous by its contract; a fault must reject, never throw past the promise.
  put(passport: VerifiedPassport): Promise<PutOutcome> {
    return new Promise((resolve) => {
      resolve(this.#put(passport));
    });
  }

  #put(passport: VerifiedPassport): PutOutcome {
    assertVerifiedPassport(passport);
    if (passport.anchor === undefined) return 'not-kept';
    const { identity } = passport;
    const pin = this.#pins.get(identity);
    if (pin !== undefined && pin.digest !== passport.digest) throw new McpsError('passport_id_conflict');
    if (pin === undefined) this.#pin(passport, passport.anchor.issuer);
    const outcome = this.#passports.has(identity) ? 'known' : 'stored';
    this.#touch(identity, passport);
    return outcome;
  }

  #pin({ identity, id, digest, expiresAtMs }: VerifiedPassport, issuer: string): void {
    if (!this.#hasRoom(issuer)) {
      this.#purge();
      if (!this.#hasRoom(issuer)) throw new McpsError('passport_store_full');
    }
    this.#pins.set(identity, { passportId: id, issuer, digest, expiresAtMs });
    this.#identitiesOfId.set(id, [...(this.#identitiesOfId.get(id) ?? []), identity]);
    this.#countOfAnchor.set(issuer, (this.#countOfAnchor.get(issuer) ?? 0) + 1);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
  }

  #hasRoom(issuer: string): boolean {
    return this.#pins.size < this.#maxIdentities && (this.#countOfAnchor.get(issuer) ?? 0) < this.#maxPerAnchor;
  }

  #purge(): void {
    const now = this.#clock();
    if (now < this.#nextExpiryMs) return;
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [identity, pin] of this.#pins) {
      if (now < pin.expiresAtMs) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, pin.expiresAtMs);
      else this.#forget(identity, pin);
    }
  }

  #forget(identity: string, { passportId, issuer }: Pin): void {
    this.#pins.delete(identity);
    this.#passports.delete(identity);
    const others = (this.#identitiesOfId.get(passportId) ?? []).filter((other) => other !== identity);
    if (others.length === 0) this.#identitiesOfId.delete(passportId);
    else this.#identitiesOfId.set(passportId, others);
    const count = (this.#countOfAnchor.get(issuer) ?? 0) - 1;
    if (count > 0) this.#countOfAnchor.set(issuer, count);
    else this.#countOfAnchor.delete(issuer);
  }

  #touch(identity: string, passport: VerifiedPassport): void {
    this.#passports.delete(identity);
    this.#passports.set(identity, passport);
    if (this.#passports.size <= this.#maxPassports) return;
    for (const oldest of this.#passports.keys()) {
      this.#passports.delete(oldest);
      break;
    }
  }
}
