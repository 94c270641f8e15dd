import { McpsError, TokenBucket, isPassportId, parsePassport, verifyPassport } from '@mcps/protocol';
import type { Clock, RateLimit, TrustAnchors, VerifiedPassport } from '@mcps/protocol';
import { parseJson } from '@mcps/crypto';
import type { AuthorityApi } from '../authority/authority-api.js';
import { BoundedMap } from '../cache/bounded-map.js';
import { SingleFlight } from '../cache/single-flight.js';
import { TrustClientError } from '../error.js';
import { isStill } from '../timing.js';

/** A passport of 8,192 bytes with its chain, and what the authority says beside it. */
const MAX_RECORD_BYTES = 64 * 1024;
const LIMITS = { maxDepth: 32, maxKeys: 2_048, maxBytes: MAX_RECORD_BYTES };
const MAX_PASSPORTS = 10_000;
const MAX_FLIGHTS = 100;
const UNKNOWN_MS = 5_000;
/** Anybody can name an id that nobody has heard of: so many of them are asked about. */
const BUDGET: RateLimit = { perSecond: 20, burst: 100 };

export interface PassportDirectoryOptions {
  /** Asked one after the other. */
  readonly apis: readonly AuthorityApi[];
  readonly anchors: TrustAnchors;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Passports by their ids, from the authorities that issued them. */
export class PassportDirectory {
  readonly #options: PassportDirectoryOptions;
  readonly #known = new BoundedMap<string, VerifiedPassport>(MAX_PASSPORTS);
  readonly #unknownUntil = new BoundedMap<string, number>(MAX_PASSPORTS);
  readonly #flights = new SingleFlight<string, VerifiedPassport | undefined>(MAX_FLIGHTS);
  readonly #budget: TokenBucket;

  constructor(options: PassportDirectoryOptions) {
    this.#options = options;
    this.#budget = new TokenBucket(BUDGET, options.clock());
  }

  /** Takes a passport that came another way. */
  keep(passport: VerifiedPassport): void {
    if (passport.standing === 'anchored') this.#known.set(passport.id, passport);
  }

  /**
   * The verified passport of an id, anchored and not expired; `undefined` where no authority has issued it.
   *
   * Rejects with `McpsError` where what an authority gave out does not verify, and with `TrustClientError` where none could be asked.
   */
  async resolve(passportId: string): Promise<VerifiedPassport | undefined> {
    if (!isPassportId(passportId)) return undefined;
    const now = this.#options.clock();
    const known = this.#known.get(passportId);
    if (known !== undefined && now < known.expiresAtMs) return known;
    if (isStill(now, this.#unknownUntil.get(passportId) ?? now, UNKNOWN_MS)) return undefined;
    return this.#flights.run(passportId, () => this.#fetch(passportId));
  }

  async #fetch(passportId: string): Promise<VerifiedPassport | undefined> {
    const { apis, clock, random } = this.#options;
    if (!this.#budget.take(clock()).ok)
      throw new TrustClientError('overloaded', 'Too many unknown passports have been asked about.');
    let failure: Error | undefined;
    for (const api of apis) {
      try {
        const passport = await api.get(`api/passport/${passportId}`, MAX_RECORD_BYTES, (body) =>
          this.#verify(body, passportId),
        );
        this.keep(passport);
        return passport;
      } catch (error) {
        if (error instanceof TrustClientError && error.httpStatus === 404) continue;
        failure = error instanceof Error ? error : new Error('The authority could not be asked', { cause: error });
      }
    }
    if (failure !== undefined) throw failure;
    this.#unknownUntil.set(passportId, clock() + UNKNOWN_MS * (0.5 + random() / 2));
    return undefined;
  }

  async #verify(body: Uint8Array, expectedPassportId: string): Promise<VerifiedPassport> {
    const { anchors, clock } = this.#options;
    const record: unknown = parseRecord(body);
    const presented = typeof record === 'object' && record !== null && 'passport' in record ? record.passport : null;
    if (typeof presented !== 'object' || presented === null)
      throw new TrustClientError('answer_malformed', 'The authority gives out something else than a passport.');
    const { passport } = parsePassport(presented);
    const verified = await verifyPassport(passport, { anchors, now: clock(), expectedPassportId });
    // One that nobody configured has issued is no concern of this authority.
    if (verified.standing !== 'anchored') throw new McpsError('unknown_passport');
    return verified;
  }
}

function parseRecord(body: Uint8Array): unknown {
  try {
    return parseJson(body, LIMITS);
  } catch (cause) {
    throw new TrustClientError('answer_malformed', 'The authority gives out something else than JSON.', { cause });
  }
}
