import type { Clock } from '@mcps/protocol';
import type { AuthorityApi } from '../authority/authority-api.js';
import { TrustClientError } from '../error.js';
import { openEventStream } from '../http/event-source.js';
import type { EventSourceOptions } from '../http/event-source.js';
import { Backoff, pause } from '../timing.js';
import type { FeedEvent } from './event.js';
import { Hearing } from './hearing.js';

const PATH = 'api/events';
const MAX_EVENT_BYTES = 16 * 1024;
/** Without a sign of life for so many intervals an authority counts as unheard. */
const MISSED_INTERVALS = 2.5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 15_000;

export interface FeedOptions {
  readonly api: AuthorityApi;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often the authority gives a sign of life, milliseconds. */
  readonly heartbeatMs: number;
  /** How long to wait for the stream to open, milliseconds. */
  readonly openTimeoutMs: number;
  /** Verifies the text of an event. Throws for one that is not the authority's, or not of now. */
  readonly read: (text: string) => Promise<FeedEvent>;
  /** Whether the root key vouches for a life of the log. */
  readonly isEraTrusted: (era: number) => boolean;
  /** A passport has been revoked. Called before anything else is concluded from the event. */
  readonly onRevoked: (passportId: string, expiresAtMs: number, epoch: number) => void;
  /** Revocations up to that epoch have not been heard: a list of it is needed. */
  readonly onGap: (neededEpoch: number) => void;
  readonly onKeySet: () => void;
  /** The feed is heard without a gap, or no longer. */
  readonly onLive: (isLive: boolean) => void;
  /** Why the stream was left or could not be opened. It is opened again. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Listens to one authority's revocations for as long as it is open: over whichever of its addresses answers, from where it left off, and with a clear notion of
 * whether it has heard everything.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #hearing = new Hearing();
  readonly #controller = new AbortController();
  readonly #backoff: Backoff;
  #isOpen = false;
  #lastSignMs = Number.NEGATIVE_INFINITY;
  #latestEventMs = Number.NEGATIVE_INFINITY;
  #heardUntilMs: number | undefined;
  #wasLive = false;
  #running: Promise<void> | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, options.random);
  }

  /**
   * When the authority last said, for all that is known, that nobody else had been revoked: until then no revocation can have escaped us. It stays true when
   * the feed is lost, and is worth less by the second. `undefined` where nothing was ever heard without a gap.
   */
  get heardUntilMs(): number | undefined {
    return this.#heardUntilMs;
  }

  get isLive(): boolean {
    const sinceMs = this.#options.clock() - this.#lastSignMs;
    return this.#isOpen && this.#hearing.isComplete && sinceMs <= MISSED_INTERVALS * this.#options.heartbeatMs;
  }

  /** Whether any event has been taken. */
  get hasHeard(): boolean {
    return this.#hearing.position !== undefined;
  }

  start(): void {
    if (this.#controller.signal.aborted) return;
    this.#running ??= this.#run();
  }

  /** Ends the stream; resolves once it has ended. */
  async close(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }

  /** A list that names every revocation up to an epoch has been accepted. */
  listed(epoch: number): void {
    this.#hearing.listed(epoch);
    this.#noteHeard();
    this.#tellLive();
  }

  /** Takes an event that came another way. It is as good as one of the stream, but no sign that the stream is heard. */
  takeAside(event: FeedEvent): void {
    this.#revoke(event);
    const position = this.#hearing.position;
    if (position === undefined || event.epoch > position.epoch) this.#options.onGap(event.epoch);
    if (event.type === 'key-set') this.#options.onKeySet();
  }

  async #run(): Promise<void> {
    const { signal } = this.#controller;
    while (!signal.aborted) {
      await this.#options.api
        .endpoints('events')
        .attempt((base) => this.#follow(base), signal)
        .catch((error: unknown) => {
          if (!signal.aborted) this.#options.onFault(error);
        });
      this.#isOpen = false;
      this.#tellLive();
      await pause(this.#backoff.next(), signal);
    }
  }

  /** Follows one stream to its end. Rejects where it was no use: no event came, or one that was not to be believed. */
  async #follow(base: URL): Promise<void> {
    const { api, openTimeoutMs, heartbeatMs } = this.#options;
    const { position } = this.#hearing;
    const options: EventSourceOptions = {
      url: new URL(PATH, base),
      fetch: api.fetch,
      openTimeoutMs,
      silenceMs: MISSED_INTERVALS * heartbeatMs,
      maxEventBytes: MAX_EVENT_BYTES,
      signal: this.#controller.signal,
      ...(position === undefined ? {} : { lastEventId: `${position.era}.${position.epoch}` }),
    };
    let events = 0;
    try {
      for await (const { data } of openEventStream(options)) {
        this.#take(await this.#options.read(data));
        events += 1;
        this.#backoff.reset();
      }
    } catch (error) {
      // One that has served for a while has not failed: it is the first to be asked again.
      if (events === 0 || !(error instanceof TrustClientError)) throw error;
      if (!this.#controller.signal.aborted) this.#options.onFault(error);
    }
    if (events === 0) throw new TrustClientError('unreachable', 'The authority has ended its events before the first.');
  }

  #take(event: FeedEvent): void {
    const { clock, onGap, onKeySet } = this.#options;
    this.#revoke(event);
    if (!this.#isOfKnownEra(event)) {
      // A revocation counts all the same; everything else waits for the key set that explains it.
      onKeySet();
      return;
    }
    const place = this.#hearing.take({ ...event, isRevocation: event.type === 'revocation' });
    // What tells of the past is no sign of life.
    if (place !== 'old') {
      const now = clock();
      this.#isOpen = true;
      this.#lastSignMs = now;
      this.#latestEventMs = Math.min(event.producedAtMs, now);
      this.#noteHeard();
    }
    if (!this.#hearing.isComplete) onGap(this.#hearing.neededEpoch);
    if (event.type === 'key-set') onKeySet();
    this.#tellLive();
  }

  #noteHeard(): void {
    if (!this.#hearing.isComplete) return;
    this.#heardUntilMs = Math.max(this.#heardUntilMs ?? this.#latestEventMs, this.#latestEventMs);
  }

  #isOfKnownEra({ era }: FeedEvent): boolean {
    const { position } = this.#hearing;
    return era === position?.era || this.#options.isEraTrusted(era);
  }

  #revoke({ revoked, epoch }: FeedEvent): void {
    if (revoked !== undefined) this.#options.onRevoked(revoked.passportId, revoked.expiresAtMs, epoch);
  }

  #tellLive(): void {
    const { isLive } = this;
    if (isLive === this.#wasLive) return;
    this.#wasLive = isLive;
    this.#options.onLive(isLive);
  }
}
