import { decodeUtf8 } from '@mcps/crypto';
import type { Clock, KeySets } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import { stateName } from '../state/names.js';
import type { StateStore } from '../state/state-store.js';
import { Backoff, Waiting } from '../timing.js';
import type { AuthorityApi } from './authority-api.js';

const PATH = 'api/ta/key-set';
const MAX_BYTES = 32 * 1024;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** However long a key set counts, a newer one is looked for so often. */
const LOOK_EVERY_MS = 6 * 3_600_000;

export interface KeyKeeperOptions {
  /** The authority's issuer name. */
  readonly name: string;
  readonly api: AuthorityApi;
  readonly keySets: KeySets;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly random: () => number;
  /** There are other keys from now on. */
  readonly onChanged: () => void;
  readonly onFault: (error: unknown) => void;
}

/** Keeps the key set of one authority: fetched at first, when it has changed, and before it runs out. */
export class KeyKeeper {
  readonly #options: KeyKeeperOptions;
  readonly #waiting = new Waiting();
  readonly #backoff: Backoff;
  /** Resolved once the key set has been fetched, or could not be, for the first time. */
  readonly firstRound: Promise<void>;
  #endFirstRound: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(options: KeyKeeperOptions) {
    this.#options = options;
    this.#backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, options.random);
    this.firstRound = new Promise((resolve) => {
      this.#endFirstRound = resolve;
    });
  }

  start(): void {
    this.#running ??= this.#waiting.goRound(() => this.#round(), this.#backoff, this.#options.onFault);
  }

  async close(): Promise<void> {
    this.#waiting.close();
    await this.#running;
  }

  /** Fetches the key set without waiting for its turn. */
  fetchSoon(): void {
    this.#waiting.wake();
  }

  /** Takes a key set, and keeps it for the next start. Rejects as `KeySets.update` does, and with `TrustClientError` `state_unavailable`. */
  async take(text: string): Promise<void> {
    const { name, keySets, store, onChanged } = this.#options;
    const before = keySets.numberOf(name);
    const { keySet } = await keySets.update(text);
    if (keySet.number !== before) onChanged();
    await store.update(await stateName('key-set', name), (current) =>
      isNewer(current, keySet.number) ? undefined : text,
    );
  }

  async #round(): Promise<number> {
    try {
      await this.#fetch();
    } finally {
      this.#endFirstRound();
    }
    this.#backoff.reset();
    return this.#untilNext();
  }

  async #fetch(): Promise<void> {
    try {
      await this.#options.api.get(PATH, MAX_BYTES, (body) => this.take(decodeUtf8(body)));
    } catch (error) {
      // An authority need not have one: then its configured keys stay.
      if (error instanceof TrustClientError && error.httpStatus === 404) return;
      throw error;
    }
  }

  #untilNext(): number {
    const { name, keySets, clock, random } = this.#options;
    const leftMs = (((keySets.nextUpdateMs(name) ?? Number.POSITIVE_INFINITY) - clock()) * 2) / 3;
    return Math.min(leftMs, LOOK_EVERY_MS) * (0.75 + random() / 4);
  }
}

/** Brings back the key set that was kept at the last start, also where it has run out. One of a root key that is no longer configured is left. */
export async function recallKeySet(name: string, keySets: KeySets, store: StateStore): Promise<void> {
  const text = await store.load(await stateName('key-set', name));
  if (text !== undefined) await keySets.restore(text).catch(() => undefined);
}

function isNewer(text: string | undefined, number: number): boolean {
  if (text === undefined) return false;
  const kept = JSON.parse(text) as { readonly number: number };
  return kept.number > number;
}
