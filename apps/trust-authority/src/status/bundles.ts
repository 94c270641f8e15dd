import { McpsError, createTrustAnchors, parsePassport, signBundle, verifyPassport } from '@mcps/protocol';
import type { Bundle, Clock, Passport } from '@mcps/protocol';
import type { BundleRequest } from '../authority.js';
import { AuthorityError } from '../error.js';
import type { KeyRing } from '../keys/key-ring.js';
import { guarded } from '../store/open-store.js';
import { selectPassports } from '../store/repository.js';
import type { Store } from '../store/store.js';
import { StatementCache } from './statement-cache.js';
import type { Kept } from './statement-cache.js';
import type { StatusLists } from './status-lists.js';

export interface BundlesOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly lists: StatusLists;
  readonly clock: Clock;
}

/** Making one is work, and whoever asks again so soon gets the same. */
const KEPT_MS = 5_000;

/** Makes bundles for sites without a connection. Their numbers are instants: a database that was restored from a backup repeats none. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #kept: StatementCache<Bundle>;
  #lastNumber = 0;

  constructor(options: BundlesOptions) {
    this.#options = options;
    this.#kept = new StatementCache(options.clock);
  }

  forget(): void {
    this.#kept.clear();
  }

  make({ maxPassports, ttlSeconds }: BundleRequest): Promise<Bundle> {
    return this.#kept.get(`${maxPassports} ${ttlSeconds}`, () => this.#make(maxPassports, ttlSeconds));
  }

  async #make(maxPassports: number, ttlSeconds: number): Promise<Kept<Bundle>> {
    const { keys, lists, clock } = this.#options;
    const passports = await this.#passports(maxPassports);
    // After the passports: none that is revoked meanwhile is missing on it.
    const list = await lists.list();
    const keySet = keys.keySet();
    if (keySet === undefined) throw new AuthorityError('key_set_missing', 'The root key has not signed a key set yet.');
    const createdAtMs = clock();
    this.#lastNumber = Math.max(this.#lastNumber + 1, createdAtMs);
    const options = { authority: keys.issuer, number: this.#lastNumber, keySet, passports, list, ttlSeconds };
    const value = await signBundle({ ...options, createdAtMs }, keys.status());
    return { value, untilMs: createdAtMs + KEPT_MS };
  }

  /** The newest passports that count. */
  async #passports(limit: number): Promise<readonly Passport[]> {
    if (limit === 0) return [];
    const { store, keys, clock } = this.#options;
    const rows = await guarded(() =>
      selectPassports(store.reader)
        .where('p.expires_at', '>', clock())
        .where('r.epoch', 'is', null)
        .where('p.issuer_id', 'is not', null)
        .orderBy('p.leaf_index', 'desc')
        .limit(limit)
        .execute(),
    );
    const anchors = await createTrustAnchors([keys.anchor()]);
    const verified: Passport[] = [];
    for (const { body } of rows) {
      try {
        // One that does not verify any more, as an issuer of it has expired, would have the whole bundle refused.
        verified.push((await verifyPassport(parsePassport(body), { anchors, clock })).passport);
      } catch (error) {
        if (!(error instanceof McpsError)) throw error;
      }
    }
    return verified;
  }
}
