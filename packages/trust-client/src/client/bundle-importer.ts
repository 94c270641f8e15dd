import { McpsError, verifyBundle } from '@mcps/protocol';
import type { Clock, NumberState, StatementSource, TrustAnchors } from '@mcps/protocol';
import type { Authority } from '../authority/authority.js';
import type { PassportDirectory } from './passport-directory.js';

/** What a bundle has brought. */
export interface ImportedBundle {
  /** The authority's issuer name. */
  readonly authority: string;
  readonly number: number;
  /** How many passports. */
  readonly passports: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

export interface BundleImporterOptions {
  /** As configured: the bundle brings the further keys itself. */
  readonly anchors: TrustAnchors;
  readonly numbers: NumberState;
  readonly clock: Clock;
  readonly authorities: ReadonlyMap<string, Authority>;
  readonly directory: PassportDirectory;
}

/** Takes bundles, one after the other, and none that is older than one before. */
export class BundleImporter {
  readonly #options: BundleImporterOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: BundleImporterOptions) {
    this.#options = options;
  }

  import(source: StatementSource): Promise<ImportedBundle> {
    const turn = this.#last.then(() => this.#import(source));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #import(source: StatementSource): Promise<ImportedBundle> {
    const { anchors, numbers, clock, authorities, directory } = this.#options;
    const verified = await verifyBundle(source, { anchors, clock });
    const { bundle, authority: name, digest, list, passports, createdAtMs, expiresAtMs } = verified;
    const authority = authorities.get(name);
    if (authority === undefined) throw new McpsError('status_invalid');
    const mark = { number: bundle.number, digest };
    const known = await numbers.load(name);
    const isOlder =
      known !== undefined && (known.number > mark.number || (known.number === mark.number && known.digest !== digest));
    if (isOlder) throw new McpsError('bundle_rolled_back');
    // First: with a key set that is older than the present one, the bundle and its list may be signed by a key that has been put out of use since.
    await authority.takeKeySet(JSON.stringify(bundle.key_set));
    await authority.takeList(list);
    await numbers.save(name, mark);
    for (const passport of passports) directory.keep(passport);
    return { authority: name, number: bundle.number, passports: passports.length, createdAtMs, expiresAtMs };
  }
}
