import { verifyStaple } from '@mcps/protocol';
import type { Clock, Staple, TrustAnchors, VerifiedPassport } from '@mcps/protocol';
import type { AuthorityApi } from '../authority/authority-api.js';
import { BoundedMap } from '../cache/bounded-map.js';
import { SingleFlight } from '../cache/single-flight.js';
import { isStill } from '../timing.js';

const MAX_STAPLE_BYTES = 16 * 1024;
const MAX_STAPLES = 1_000;
/** Peers want one that was made less than a minute ago, unless they listen to the authority themselves. */
const RENEW_AFTER_MS = 20_000;
const FAILURE_MS = 1_000;

interface Kept {
  readonly staple: Staple | undefined;
  readonly expiresAtMs: number;
  readonly renewAtMs: number;
}

export interface OwnStaplesOptions {
  readonly api: AuthorityApi;
  readonly anchors: TrustAnchors;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Staples for passports of one's own, to be presented to peers so that they need not ask. */
export class OwnStaples {
  readonly #options: OwnStaplesOptions;
  readonly #kept = new BoundedMap<string, Kept>(MAX_STAPLES);
  readonly #flights = new SingleFlight<string, Staple | undefined>(MAX_STAPLES);

  constructor(options: OwnStaplesOptions) {
    this.#options = options;
  }

  /**
   * A verified staple for a passport: a young one where there is one, the last one where the authority cannot be asked, and `undefined` where there is none.
   * Never rejects.
   */
  async get(passport: VerifiedPassport): Promise<Staple | undefined> {
    const now = this.#options.clock();
    const kept = this.#kept.get(passport.digest);
    const last = kept !== undefined && now < kept.expiresAtMs ? kept.staple : undefined;
    if (kept !== undefined && isStill(now, kept.renewAtMs, RENEW_AFTER_MS)) return last;
    const fetched = this.#flights.run(passport.digest, () => this.#fetch(passport, last));
    return fetched.catch(() => last);
  }

  async #fetch(passport: VerifiedPassport, last: Staple | undefined): Promise<Staple | undefined> {
    const { api, anchors, clock, random } = this.#options;
    const expected = { anchor: passport.anchor?.issuer ?? '', passportId: passport.id, digest: passport.digest };
    const spread = 0.75 + random() / 4;
    try {
      const verified = await api.get(`api/staple/${passport.id}`, MAX_STAPLE_BYTES, (body) =>
        verifyStaple(body, { anchors, clock, expected }),
      );
      const { statement: staple, expiresAtMs } = verified;
      this.#kept.set(passport.digest, { staple, expiresAtMs, renewAtMs: clock() + RENEW_AFTER_MS * spread });
      return staple;
    } catch (error) {
      const expiresAtMs = last === undefined ? 0 : Date.parse(last.expires_at);
      this.#kept.set(passport.digest, { staple: last, expiresAtMs, renewAtMs: clock() + FAILURE_MS * spread });
      throw error;
    }
  }
}
