import type { StatusAnswer, StatusQuery } from '@mcps/protocol';
import { BoundedMap } from '../cache/bounded-map.js';
import { isStill } from '../timing.js';

/** The longest that nobody is asked again, milliseconds. */
export const LONGEST_SILENCE_MS = 5_000;

/** Of whom an answer is: the passport's id and its digest. */
export type Subject = Pick<StatusQuery, 'passportId' | 'digest'>;

/** An authority's word that a passport, and every issuer in its chain, was good. */
export interface GoodAnswer {
  /** Milliseconds since the Unix epoch. */
  readonly producedAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

interface Entry extends GoodAnswer {
  /** From when on a newer one is fetched, while this one still counts. */
  readonly refreshAtMs: number;
}

interface Silence {
  readonly untilMs: number;
  readonly answer: StatusAnswer | undefined;
}

/** The latest answers about single passports, and for a moment the lack of them. Forgetting any of it costs a request. */
export class Answers {
  readonly #good: BoundedMap<string, Entry>;
  readonly #silences: BoundedMap<string, Silence>;

  constructor(maxEntries: number) {
    this.#good = new BoundedMap(maxEntries);
    this.#silences = new BoundedMap(maxEntries);
  }

  get(subject: Subject): GoodAnswer | undefined {
    return this.#good.get(keyOf(subject));
  }

  /** Keeps an answer, unless there is a later one of at most `latestMs`: one from beyond that is of a clock that was wrong. */
  keep(subject: Subject, { producedAtMs, expiresAtMs }: GoodAnswer, refreshAtMs: number, latestMs: number): void {
    const key = keyOf(subject);
    const known = this.#good.get(key);
    if (known !== undefined && known.producedAtMs > producedAtMs && known.producedAtMs <= latestMs) return;
    this.#good.set(key, { producedAtMs, expiresAtMs, refreshAtMs });
    this.#silences.delete(key);
  }

  isDue(subject: Subject, now: number): boolean {
    return (this.#good.get(keyOf(subject))?.refreshAtMs ?? now) <= now;
  }

  /** Keeps that the authority does not vouch for a passport (an answer), or that it cannot be asked (`undefined`), for a moment. */
  keepSilence(subject: Subject, answer: StatusAnswer | undefined, untilMs: number): void {
    this.#silences.set(keyOf(subject), { untilMs, answer });
  }

  silence(subject: Subject, now: number): Silence | undefined {
    const silence = this.#silences.get(keyOf(subject));
    return silence !== undefined && isStill(now, silence.untilMs, LONGEST_SILENCE_MS) ? silence : undefined;
  }

  /** Forgets a good answer. */
  drop(subject: Subject): void {
    this.#good.delete(keyOf(subject));
  }

  dropAll(): void {
    this.#good.clear();
  }
}

export function keyOf({ passportId, digest }: Subject): string {
  return `${passportId} ${digest}`;
}
