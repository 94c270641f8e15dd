import type { Words } from './nonce-permutation.js';

/** 32-bit words of a record: the tick of its expiry, the number of the identity, the four words of the permuted nonce. */
const RECORD_WORDS = 6;
const CHUNK_RECORDS = 256;

const MIN_SLOTS = 16;
const MAX_SLOTS = 65_536;
/** The index is rebuilt when this share of its slots is taken, and then has slots enough to take no more than the other. */
const MAX_LOAD = 0.8;
const REBUILT_LOAD = 0.6;
/** The dead are looked for when there are so many times the records that there were after the last time. */
const LOOK_AGAIN = 4 / 3;

/** The result of {@link NonceShard.find} where the nonce is live: it has been used. */
export const FOUND = -1;

/**
 * A set of used nonces: records in the order of their arrival, and an open-addressing index over them (linear probing).
 *
 * Memory is slow and this is most of the cost, so the index keeps one byte of each hash apart from all else: that a nonce is
 * new shows in these bytes alone, which fit into a processor's cache where the records do not.
 *
 * A record is dead once its tick has been evicted. Nothing visits it at that moment; it is dropped when the index is rebuilt.
 */
export class NonceShard {
  /** One byte of the hash for each slot; 0 where the slot is free. */
  #tags = new Uint8Array(0);
  /** Which record a slot stands for. */
  #positions = new Uint16Array(0);
  readonly #chunks: Int32Array[] = [];
  #count = 0;
  /** At how many records there is something to do first. */
  #limit = 0;
  #firstTick = Infinity;
  #lastTick = 0;

  /** Bytes held. */
  get byteLength(): number {
    return this.#tags.length * 3 + this.#chunks.length * CHUNK_RECORDS * RECORD_WORDS * 4;
  }

  /**
   * Looks a permuted nonce up.
   *
   * @param evictedTick records whose tick is at or below it are dead
   * @returns {@link FOUND}, or the slot where it belongs, for {@link insertAt} before anything else is inserted
   */
  find(words: Words, identity: number, evictedTick: number): number {
    const tags = this.#tags;
    const mask = tags.length - 1;
    if (mask < 0) return 0;
    const first = words[0]!;
    const tag = tagOf(first);
    let slot = first & mask;
    // Ends: MAX_LOAD leaves slots free.
    for (let found = tags[slot]!; found !== 0; found = tags[slot]!) {
      if (found === tag && this.#isLive(this.#positions[slot]!, words, identity, evictedTick)) return FOUND;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Adds a record at the slot that {@link find} named, making room first where there is none. */
  insertAt(slot: number, words: Words, identity: number, tick: number, evictedTick: number): void {
    const first = words[0]!;
    let at = slot;
    if (this.#count >= this.#limit) {
      this.#makeRoom(evictedTick);
      at = freeSlot(this.#tags, first);
    }
    const position = this.#count++;
    const chunk = (this.#chunks[chunkNumber(position)] ??= new Int32Array(CHUNK_RECORDS * RECORD_WORDS));
    const record = offsetOf(position);
    chunk[record] = tick;
    chunk[record + 1] = identity;
    chunk[record + 2] = first;
    chunk[record + 3] = words[1]!;
    chunk[record + 4] = words[2]!;
    chunk[record + 5] = words[3]!;
    this.#tags[at] = tagOf(first);
    this.#positions[at] = position;
    if (tick > this.#lastTick) this.#lastTick = tick;
    if (tick < this.#firstTick) this.#firstTick = tick;
  }

  /** Gives the memory back where nothing is live. */
  releaseIfDead(evictedTick: number): void {
    if (this.#count === 0 || this.#lastTick > evictedTick) return;
    this.#tags = new Uint8Array(0);
    this.#positions = new Uint16Array(0);
    this.#chunks.length = 0;
    this.#count = 0;
    this.#limit = 0;
    this.#firstTick = Infinity;
  }

  #chunkOf(position: number): Int32Array {
    const chunk = this.#chunks[chunkNumber(position)];
    if (chunk === undefined) throw new RangeError('a shard of the nonce table has no such record');
    return chunk;
  }

  #isLive(position: number, words: Words, identity: number, evictedTick: number): boolean {
    const chunk = this.#chunkOf(position);
    const record = offsetOf(position);
    return (
      chunk[record]! > evictedTick &&
      chunk[record + 1] === identity &&
      chunk[record + 2] === words[0] &&
      chunk[record + 3] === words[1] &&
      chunk[record + 4] === words[2] &&
      chunk[record + 5] === words[3]
    );
  }

  /** The only work that is not constant, and small because shards are. */
  #makeRoom(evictedTick: number): void {
    const dropped = this.#firstTick <= evictedTick;
    if (dropped) this.#dropDead(evictedTick);
    const tight = this.#count >= this.#tags.length * MAX_LOAD;
    if (dropped || tight) this.#rebuildIndex();
    // Out of reach as long as the hash spreads: the table lays out shards for far fewer entries.
    if (this.#count >= this.#tags.length * MAX_LOAD) throw new RangeError('a shard of the nonce table is full');
    this.#limit = Math.ceil(Math.min(this.#tags.length * MAX_LOAD, Math.max(this.#count, 64) * LOOK_AGAIN));
  }

  /** Closes the ranks of the live records. */
  #dropDead(evictedTick: number): void {
    let live = 0;
    this.#firstTick = Infinity;
    for (let position = 0; position < this.#count; position++) {
      const from = this.#chunkOf(position);
      const record = offsetOf(position);
      const tick = from[record]!;
      if (tick <= evictedTick) continue;
      if (tick < this.#firstTick) this.#firstTick = tick;
      const to = this.#chunkOf(live);
      const target = offsetOf(live);
      for (let word = 0; word < RECORD_WORDS; word++) to[target + word] = from[record + word]!;
      live++;
    }
    this.#count = live;
    this.#chunks.length = chunkNumber(live + CHUNK_RECORDS - 1);
  }

  #rebuildIndex(): void {
    let slots = MIN_SLOTS;
    while (slots < MAX_SLOTS && slots * REBUILT_LOAD < this.#count) slots *= 2;
    if (slots === this.#tags.length) {
      this.#tags.fill(0);
    } else {
      this.#tags = new Uint8Array(slots);
      this.#positions = new Uint16Array(slots);
    }
    for (let position = 0; position < this.#count; position++) {
      const first = this.#chunkOf(position)[offsetOf(position) + 2]!;
      const slot = freeSlot(this.#tags, first);
      this.#tags[slot] = tagOf(first);
      this.#positions[slot] = position;
    }
  }
}

function freeSlot(tags: Uint8Array, first: number): number {
  const mask = tags.length - 1;
  let slot = first & mask;
  while (tags[slot] !== 0) slot = (slot + 1) & mask;
  return slot;
}

/** The upper byte of the hash, whose lower half names the slot; never 0. */
function tagOf(first: number): number {
  return Math.max(1, first >>> 24);
}

function chunkNumber(position: number): number {
  return (position / CHUNK_RECORDS) | 0;
}

function offsetOf(position: number): number {
  return (position % CHUNK_RECORDS) * RECORD_WORDS;
}
