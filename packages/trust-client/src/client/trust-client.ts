import { KeySets, KnownRevocations, createTrustAnchors, isVerified, verifyEvent } from '@mcps/protocol';
import type {
  Staple,
  StatementSource,
  StatusAnswer,
  StatusQuery,
  StatusSource,
  TrustAnchor,
  TrustAnchorOptions,
  TrustAnchors,
  VerifiedEvent,
  VerifiedPassport,
} from '@mcps/protocol';
import { AuthorityApi } from '../authority/authority-api.js';
import { Authority } from '../authority/authority.js';
import { recallKeySet } from '../authority/key-keeper.js';
import { pinAnchor } from '../authority/pinning.js';
import type { FeedEvent } from '../feed/event.js';
import { createWebhookHandler } from '../webhook/webhook-handler.js';
import type { WebhookHandlerOptions } from '../webhook/webhook-handler.js';
import { numbersIn } from '../state/numbers.js';
import { BundleImporter } from './bundle-importer.js';
import type { ImportedBundle } from './bundle-importer.js';
import { resolveOptions } from './options.js';
import type { TrustClientOptions, TrustClientSettings } from './options.js';
import { OwnStaples } from './own-staples.js';
import { PassportDirectory } from './passport-directory.js';

/** The most revocations that are remembered: four lists full. Memory is taken as it is needed. */
const MAX_REVOCATIONS = 1_000_000;

interface Reach {
  readonly anchor: TrustAnchorOptions;
  readonly api: AuthorityApi;
  readonly isReachable: boolean;
}

/**
 * Makes a client of one or several authorities. Where an authority's keys are configured or were pinned before, no connection is needed for that.
 *
 * Rejects with `ConfigurationError`: `option_missing`, `option_invalid`, `test_key_refused`; with `TrustClientError` where the keys of an authority of which only
 * the address is configured can neither be found in the state nor be fetched.
 */
export async function createTrustClient(options: TrustClientOptions): Promise<TrustClient> {
  const settings = resolveOptions(options);
  if (!settings.store.durable) settings.notify({ type: 'state-in-memory' });
  const reached = await Promise.all(settings.authorities.map((authority) => reach(authority, settings)));
  const keySets = options.keySets ?? (await openKeySets(reached, settings));
  const { clock } = settings;
  const revocations = options.revocations ?? new KnownRevocations({ maxEntries: MAX_REVOCATIONS, clock });
  return new TrustClient(settings, reached, keySets, revocations);
}

async function openKeySets(reached: readonly Reach[], { clock, store }: TrustClientSettings): Promise<KeySets> {
  const anchors = await createTrustAnchors(reached.map(({ anchor }) => anchor));
  const keySets = new KeySets({ anchors, clock, state: numbersIn(store, 'key-set-number') });
  for (const { issuer } of anchors.list()) await recallKeySet(issuer, keySets, store);
  return keySets;
}

/** What stands between a program and the authorities that it believes: ask it for the status of passports, and hear from it of revocations. */
export class TrustClient implements StatusSource {
  /** Every revocation that is known, and whoever wants to hear of the next: for the option `revocations`. */
  readonly revocations: KnownRevocations;
  /** The keys that are followed: for the option `keySets` of the client that takes this one's place. */
  readonly keySets: KeySets;
  readonly #settings: TrustClientSettings;
  readonly #importer: BundleImporter;
  readonly #authorities = new Map<string, Authority>();
  readonly #apis: readonly AuthorityApi[];
  readonly #staples = new Map<string, OwnStaples>();
  readonly #directory: PassportDirectory;

  /** Made by {@link createTrustClient}. */
  constructor(
    settings: TrustClientSettings,
    reached: readonly Reach[],
    keySets: KeySets,
    revocations: KnownRevocations,
  ) {
    this.keySets = keySets;
    this.revocations = revocations;
    this.#settings = settings;
    this.#apis = reached.map(({ api }) => api);
    const { clock, random, notify, store } = settings;
    const common = { clock, random, anchors: keySets.anchors };
    this.#directory = new PassportDirectory({ ...common, apis: this.#apis });
    for (const { anchor, api, isReachable } of reached) {
      const name = anchor.issuer;
      const authority = new Authority({
        name,
        api,
        isReachable,
        keySets,
        store,
        revocations,
        times: settings,
        clock,
        random,
        notify,
        readEvent: async (text) => feedEventOf(await this.#verifyEvent(text, name)),
      });
      this.#authorities.set(name, authority);
      this.#staples.set(name, new OwnStaples({ ...common, api }));
      if (settings.subscribe && isReachable) authority.start();
    }
    this.#importer = new BundleImporter({
      anchors: keySets.configured,
      numbers: numbersIn(store, 'bundle-number'),
      clock,
      authorities: this.#authorities,
      directory: this.#directory,
    });
  }

  /** Whom the client believes: for the option `trustAnchors`. It stays the same object, whose keys are always those of the latest key sets. */
  get anchors(): TrustAnchors {
    return this.keySets.anchors;
  }

  /** What the passport's authority says of it, see `checkStatus`. Of an authority that is not configured nothing is known. */
  async check(query: StatusQuery): Promise<StatusAnswer> {
    const authority = this.#authorities.get(query.anchor);
    if (authority === undefined) return { status: 'unknown', producedAtMs: 0, expiresAtMs: 0 };
    return authority.check(query);
  }

  /** Whether revocations of an authority are heard as they are made. */
  isLive(authority: string): boolean {
    return this.#authorities.get(authority)?.isLive ?? false;
  }

  /**
   * The verified passport of an id, anchored and not expired, from memory or from an authority; `undefined` where none has issued it. Its status is not asked for: see
   * `checkStatus`.
   *
   * Rejects with `McpsError` where what an authority gave out does not verify, and with `TrustClientError` where none could be asked, or too many unknown ids were.
   */
  resolve(passportId: string): Promise<VerifiedPassport | undefined> {
    return this.#directory.resolve(passportId);
  }

  /**
   * A staple for a passport of one's own, to be presented to peers so that they need not ask: renewed by the authority, the last one where it cannot be
   * asked, `undefined` where there is none. Never rejects for want of one; `TypeError` for anything but what `verifyPassport` returned.
   */
  async staple(passport: VerifiedPassport): Promise<Staple | undefined> {
    if (!isVerified(passport, 'passport')) throw new TypeError('A passport that verifyPassport returned is expected');
    return this.#staples.get(passport.anchor?.issuer ?? '')?.get(passport);
  }

  /**
   * Makes the handler of the authorities' webhook: from `Request` to `Response`. A revocation that is delivered counts at once.
   *
   * Rejects with `ConfigurationError` `option_invalid`.
   */
  createWebhookHandler(options: WebhookHandlerOptions): Promise<(request: Request) => Promise<Response>> {
    const { clock } = this.#settings;
    return createWebhookHandler({ clock, ...options }, async (body) => {
      const text = new TextDecoder().decode(body);
      const verified = await this.#verifyEvent(text).catch(() => undefined);
      const authority = this.#authorities.get(verified?.authority ?? '');
      if (verified === undefined || authority === undefined) return false;
      authority.takeEvent(feedEventOf(verified));
      return true;
    });
  }

  /**
   * Takes a bundle that was carried here: its keys, its list and its passports, after all of it has been verified. The list counts until the bundle ends, as
   * old as it is: give `maxAgeMs`, and `statusMaxAgeMs` to the security options, accordingly.
   *
   * Rejects with `McpsError`: `bundle_rolled_back` for an older one than before, `key_set_rolled_back` for one with older keys than are known, and as
   * `verifyBundle` and `SignedListStatusSource.update` do; with
   * `TrustClientError` where a proof cannot be had or the state cannot be written.
   */
  importBundle(source: StatementSource): Promise<ImportedBundle> {
    return this.#importer.import(source);
  }

  /** Ends all connections. What was known before can still be asked for. */
  async close(): Promise<void> {
    // First, so that the requests that end are nobody's fault.
    const closing = [...this.#authorities.values()].map((authority) => authority.close());
    for (const api of this.#apis) api.close();
    await Promise.all(closing);
  }

  async #verifyEvent(text: string, expectedAuthority?: string): Promise<VerifiedEvent> {
    const verified = await verifyEvent(text, { anchors: this.anchors, clock: this.#settings.clock });
    if (expectedAuthority !== undefined && verified.authority !== expectedAuthority)
      throw new TypeError('The event is of another authority');
    return verified;
  }
}

function feedEventOf({ event, producedAtMs }: VerifiedEvent): FeedEvent {
  const { era, epoch, type, revocation } = event;
  const revoked =
    revocation === undefined
      ? {}
      : {
          revoked: { passportId: revocation.passport_id, expiresAtMs: Date.parse(revocation.passport_expires_at) },
        };
  return { era, epoch, type, producedAtMs, ...revoked };
}

async function reach(
  { urls, trustAnchor, ceiling }: TrustClientSettings['authorities'][number],
  settings: TrustClientSettings,
): Promise<Reach> {
  const { fetch, clock, random, attemptTimeoutMs, store, notify } = settings;
  const api = new AuthorityApi({ urls, fetch, clock, random, attemptTimeoutMs });
  const isReachable = urls.length > 0;
  if (trustAnchor !== undefined) return { anchor: trustAnchor, api, isReachable };
  const [url = ''] = urls;
  const onPinned = ({ issuer, keys }: TrustAnchor) => {
    const keyThumbprints = keys.map(({ thumbprint }) => thumbprint);
    notify({ type: 'pinned', authority: issuer, url, keyThumbprints });
  };
  const pinned = await pinAnchor({ api, store, url, ceiling, onPinned });
  const [only] = pinned.list();
  if (only === undefined) throw new TypeError('There is no anchor');
  return { anchor: only, api, isReachable };
}
