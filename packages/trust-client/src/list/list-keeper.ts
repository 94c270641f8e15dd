import {
  McpsError,
  SignedListStatusSource,
  applyStatusListDelta,
  verifyStatusList,
  verifyStatusListDelta,
} from '@mcps/protocol';
import type {
  Clock,
  NumberState,
  RevokedPassport,
  StatusAnswer,
  StatusQuery,
  TrustAnchors,
  VerifiedStatusList,
} from '@mcps/protocol';
import type { AuthorityApi } from '../authority/authority-api.js';
import { TrustClientError } from '../error.js';
import type { History } from '../status/history.js';
import { Backoff, Waiting } from '../timing.js';

const PATH = 'api/crl';
/** As many as a list may have. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
/** Nobody waits for a list, and the longest takes a while. */
const LIST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

export interface ListKeeperOptions {
  readonly api: AuthorityApi;
  readonly history: History;
  readonly anchors: TrustAnchors;
  readonly numbers: NumberState;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often to fetch the list while nothing is heard of the authority otherwise, milliseconds. */
  readonly pollMs: number;
  /** Whether everything is heard without fetching. */
  readonly isHeard: () => boolean;
  /** Is told what an authentic list says of revocations, whether or not the list is accepted. */
  readonly onRevoked: (revoked: RevokedPassport) => void;
  /** A list that names every revocation up to this epoch has been accepted. */
  readonly onListed: (epoch: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** Keeps the status list of one authority: fetched at first, when there is a gap, before it runs out, and again and again while nothing is heard. */
export class ListKeeper {
  readonly #options: ListKeeperOptions;
  readonly #source: SignedListStatusSource;
  readonly #waiting = new Waiting();
  readonly #backoff: Backoff;
  #etag: string | undefined;
  #current: VerifiedStatusList | undefined;
  #neededEpoch = 0;
  #running: Promise<void> | undefined;

  constructor(options: ListKeeperOptions) {
    this.#options = options;
    this.#backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, options.random);
    this.#source = new SignedListStatusSource({
      anchors: options.anchors,
      state: options.numbers,
      clock: options.clock,
    });
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    return this.#source.check(query);
  }

  start(): void {
    if (this.#waiting.isClosed) return;
    this.#running ??= this.#waiting.goRound(() => this.#round(), this.#backoff, this.#options.onFault);
  }

  async close(): Promise<void> {
    this.#waiting.close();
    await this.#running;
  }

  /** Asks for a list that names every revocation up to an epoch, soon. */
  need(epoch: number): void {
    if (epoch <= this.#neededEpoch && epoch <= (this.#current?.epoch ?? -1)) return;
    this.#neededEpoch = Math.max(this.#neededEpoch, epoch);
    this.fetchSoon();
  }

  /** Fetches the list without waiting for its turn. */
  fetchSoon(): void {
    this.#waiting.wake();
  }

  /**
   * Takes a list that came another way, or from the authority. What it says of revocations counts as soon as its signature has been verified.
   *
   * Rejects with `McpsError`: as `SignedListStatusSource.update` does, and `status_fork`; with `TrustClientError` where a proof cannot be had.
   */
  async take(body: Uint8Array): Promise<void> {
    const { anchors, clock } = this.#options;
    await this.accept(await verifyStatusList(body, { anchors, clock }));
  }

  /** {@link take} for a list that has been verified. */
  async accept(list: VerifiedStatusList): Promise<void> {
    const { history, onRevoked, onListed } = this.#options;
    for (const revoked of list.list.revoked) onRevoked(revoked);
    await history.prove(list);
    await this.#source.update(list);
    this.#current = list;
    onListed(list.epoch);
  }

  async #round(): Promise<number> {
    await this.#fetch();
    this.#backoff.reset();
    return this.#untilNext();
  }

  async #fetch(): Promise<void> {
    if (this.#current !== undefined && (await this.#fetchDelta(this.#current))) return;
    const take = (body: Uint8Array) => this.take(body);
    const fetched = await this.#options.api.getUnlessSame(PATH, this.#etag, MAX_LIST_BYTES, take, LIST_TIMEOUT_MS);
    if (fetched.isNew) this.#etag = fetched.etag;
  }

  /** Fetches only what is new. False where that cannot be had, or does not make a list: then the whole one is fetched. */
  async #fetchDelta(current: VerifiedStatusList): Promise<boolean> {
    // Whoever answers is judged by the whole list: a delta that does not fit may be anybody's mistake.
    const read = (body: Uint8Array) => Promise.resolve(body);
    const path = `${PATH}?from=${current.list.number}`;
    try {
      const { api } = this.#options;
      const fetched = await api.getUnlessSame(path, undefined, MAX_LIST_BYTES, read, LIST_TIMEOUT_MS, true);
      if (!fetched.isNew) return true;
      await this.#takeDelta(fetched.value, current);
      // The tag of the list that has come out is not known.
      this.#etag = undefined;
      return true;
    } catch (error) {
      const isRefused = error instanceof TrustClientError && error.code === 'http_status';
      if (error instanceof McpsError || isRefused) return false;
      throw error;
    }
  }

  async #takeDelta(body: Uint8Array, current: VerifiedStatusList): Promise<void> {
    const { anchors, clock, onRevoked } = this.#options;
    const options = { anchors, clock };
    const delta = await verifyStatusListDelta(body, options);
    const list = await applyStatusListDelta(current, delta, options).catch((error: unknown) => {
      for (const revoked of delta.delta.added) onRevoked(revoked);
      throw error;
    });
    await this.accept(list);
  }

  #untilNext(): number {
    const { clock, random, pollMs, isHeard } = this.#options;
    const current = this.#current;
    if (current === undefined || current.epoch < this.#neededEpoch) return this.#backoff.next();
    // Before the last third of its time.
    const leftMs = ((current.nextUpdateMs - clock()) * 2) / 3;
    const spread = 0.75 + random() / 4;
    return spread * (isHeard() ? leftMs : Math.min(leftMs, pollMs));
  }
}
