import { KnownRevocations } from '@mcps/protocol';
import type { StatusAnswer, StatusQuery, StatusSource, TrustAnchors, VerifiedPassport } from '@mcps/protocol';
import type { TrustClient, TrustClientOptions, createTrustClient } from '@mcps/trust-client';

/** How long the client of an authority is kept once its last connection has closed: stateless servers open one for each request. */
const GRACE_MS = 1_000;

const UNKNOWN: StatusAnswer = Object.freeze({ status: 'unknown', producedAtMs: 0, expiresAtMs: 0 });

/**
 * The client of an authority that lives as long as connections use it, so that no program is kept from ending by what it no longer needs. What it has learned
 * outlives it: the next connection goes on with the same pins, numbers, keys and revocations.
 */
export class TrustLink implements StatusSource {
  readonly anchors: TrustAnchors;
  readonly revocations: KnownRevocations;
  readonly #options: TrustClientOptions;
  readonly #create: typeof createTrustClient;
  readonly #graceMs: number;
  #client: Promise<TrustClient> | undefined;
  #users = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    options: TrustClientOptions,
    first: TrustClient,
    create: typeof createTrustClient,
    graceMs: number,
  ) {
    this.anchors = first.anchors;
    this.revocations = first.revocations;
    this.#options = options;
    this.#create = create;
    this.#graceMs = graceMs;
    this.#client = Promise.resolve(first);
    this.#closeSoon();
  }

  /** Rejects as `createTrustClient` does. The link is in use from the first {@link acquire} on. */
  static async open(options: TrustClientOptions, graceMs = GRACE_MS): Promise<TrustLink> {
    // Only whoever names an authority loads what talks to one.
    const { MemoryStateStore, createTrustClient } = await import('@mcps/trust-client');
    const revocations = options.revocations ?? new KnownRevocations({ maxEntries: 1_000_000, ...clockOf(options) });
    const kept = { ...options, revocations, state: options.state ?? new MemoryStateStore() };
    const first = await createTrustClient(kept);
    return new TrustLink({ ...kept, keySets: first.keySets }, first, createTrustClient, graceMs);
  }

  /** Notes one more user. Balanced by one {@link release}. */
  acquire(): void {
    this.#users += 1;
    clearTimeout(this.#timer);
    if (this.#client !== undefined) return;
    this.#client = this.#create(this.#options);
    // Whoever asks is told; until then there may be nobody.
    this.#client.catch(() => undefined);
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#closeSoon();
  }

  async check(query: StatusQuery): Promise<StatusAnswer> {
    return (await this.#client)?.check(query) ?? UNKNOWN;
  }

  async staple(passport: VerifiedPassport): Promise<object | undefined> {
    return (await this.#client)?.staple(passport);
  }

  #closeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#close(), this.#graceMs);
    // The connections to the authority keep a program alive, and with it this timer; nothing else is worth waiting for.
    this.#timer.unref();
  }

  #close(): void {
    const closing = this.#client;
    this.#client = undefined;
    closing?.then((client) => client.close()).catch(() => undefined);
  }
}

function clockOf({ clock }: TrustClientOptions): Pick<TrustClientOptions, 'clock'> {
  return clock === undefined ? {} : { clock };
}
