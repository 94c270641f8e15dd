import { McpsError } from '../errors/index.js';
import type { Delivery } from './types.js';

/** How far behind the highest number a message may arrive on a transport that reorders. */
const WINDOW = 1024;

/**
 * Watches the counter of one direction, so that no message is lost, repeated or reordered in silence.
 *
 * On an ordered transport each number must be the next one. A message that did arrive but was refused has already been reported, so it may account
 * for a missing number; any larger gap is refused. On a concurrent transport, where every message is an HTTP request of its own, numbers are taken
 * once each within a window, in any order, and a number that never came is reported when it leaves the window.
 */
export class SequenceGuard {
  #highest: number;
  #refused = 0;
  /** Numbers at or below `#highest` that have not come yet; concurrent delivery only. Never more than `WINDOW`. */
  readonly #missing = new Set<number>();

  constructor(
    private readonly delivery: Delivery,
    private readonly onLost: (sequence: number) => void,
    highest = -1,
  ) {
    this.#highest = highest;
  }

  /** The highest number accepted, or -1. */
  get highest(): number {
    return this.#highest;
  }

  /** Notes that messages of this direction arrived and were refused, so that their numbers will be missing. */
  countRefused(count = 1): void {
    this.#refused = Math.min(WINDOW, this.#refused + count);
  }

  /** Takes the number of a message whose signature has been verified. Throws `sequence_repeated` or `sequence_gap`. */
  accept(sequence: number): void {
    if (this.delivery === 'ordered') this.#acceptNext(sequence);
    else this.#acceptOnce(sequence);
  }

  #acceptNext(sequence: number): void {
    if (sequence <= this.#highest) throw new McpsError('sequence_repeated');
    const lost = sequence - this.#highest - 1;
    const explained = lost <= this.#refused;
    // The connection goes on after a gap: its next message is compared with this one, which is authentic.
    this.#highest = sequence;
    this.#refused = 0;
    if (!explained) throw new McpsError('sequence_gap');
  }

  #acceptOnce(sequence: number): void {
    if (sequence <= this.#highest) {
      if (!this.#missing.delete(sequence)) throw new McpsError('sequence_repeated');
      return;
    }
    if (sequence - this.#highest > WINDOW) throw new McpsError('sequence_gap');
    for (let number = this.#highest + 1; number < sequence; number += 1) this.#missing.add(number);
    this.#highest = sequence;
    for (const number of this.#missing) {
      if (number > sequence - WINDOW) break;
      this.#missing.delete(number);
      this.onLost(number);
    }
  }
}
