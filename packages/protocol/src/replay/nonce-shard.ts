import type { Words } from './nonce-permutation.js';

/** 32-bit words of a record: the tick of its expiry, the number of the identity, the four words of the permuted nonce. */
const RECORD_WORDS = 6;

/** Positions in the index have 16 bits. */
const MAX_RECORDS = 65_535;
const MIN_ROOM = 16;
/** Room for records, relative to those there are, when more is needed. */
const GROWTH = 1.25;
/** Index slots for each record that there is room for. */
const SLOTS_PER_RECORD = 4 / 3;

/** The result of {@link NonceShard.find} where the nonce is live: it has been used. */
export const FOUND = -1;

/**
 * A set of used nonces: records in the order of their arrival, and an open-addressing index over them (linear probing). An index slot holds 16 bits
 * of the hash and the position of a record, so that growing copies records as they are and never touches the hash function.
 *
 * A record is dead once its tick has been evicted. Nothing visits it at that moment; when the room is used up, the dead are dropped.
 */
export class NonceShard {
  #records = new Int32Array(0);
  #index = new Int32Array(0);
  #count = 0;
  #room = 0;
  #firstTick = Infinity;
  #lastTick = 0;

  /** Bytes held. */
  get byteLength(): number {
    return this.#records.byteLength + this.#index.byteLength;
  }

  /**
   * Looks a permuted nonce up.
   *
   * @param evictedTick records whose tick is at or below it are dead
   * @returns {@link FOUND}, or the index slot where it belongs, for {@link insertAt} before anything else is inserted
   */
  find(words: Words, identity: number, evictedTick: number): number {
    const index = this.#index;
    if (index.length === 0) return 0;
    const tag = tagOf(words[0]);
    let at = homeOf(tag, index.length);
    // Ends: the index has more slots than there is room for records.
    for (;;) {
      const slot = index[at] ?? 0;
      if (slot === 0) return at;
      if (slot >>> 16 === tag) {
        const records = this.#records;
        const record = ((slot & 0xffff) - 1) * RECORD_WORDS;
        if (
          (records[record] ?? 0) > evictedTick &&
          records[record + 1] === identity &&
          records[record + 2] === words[0] &&
          records[record + 3] === words[1] &&
          records[record + 4] === words[2] &&
          records[record + 5] === words[3]
        ) {
          return FOUND;
        }
      }
      at = at + 1 === index.length ? 0 : at + 1;
    }
  }

  /** Adds a record at the index slot that {@link find} named, making room first where there is none. */
  insertAt(slot: number, words: Words, identity: number, tick: number, evictedTick: number): void {
    const tag = tagOf(words[0]);
    let at = slot;
    if (this.#count === this.#room) {
      this.#makeRoom(evictedTick);
      at = freeSlot(this.#index, tag);
    }
    const records = this.#records;
    const record = this.#count * RECORD_WORDS;
    records[record] = tick;
    records[record + 1] = identity;
    records[record + 2] = words[0] ?? 0;
    records[record + 3] = words[1] ?? 0;
    records[record + 4] = words[2] ?? 0;
    records[record + 5] = words[3] ?? 0;
    this.#count += 1;
    this.#index[at] = (tag << 16) | this.#count;
    if (tick > this.#lastTick) this.#lastTick = tick;
    if (tick < this.#firstTick) this.#firstTick = tick;
  }

  /** Gives the memory back where nothing is live. */
  releaseIfDead(evictedTick: number): void {
    if (this.#room === 0 || this.#lastTick > evictedTick) return;
    this.#records = new Int32Array(0);
    this.#index = new Int32Array(0);
    this.#count = 0;
    this.#room = 0;
    this.#firstTick = Infinity;
  }

  /** The only work that is not constant, and small because shards are. */
  #makeRoom(evictedTick: number): void {
    if (this.#firstTick <= evictedTick && this.#dropDead(evictedTick)) return;
    const room = roomFor(this.#count);
    const records = new Int32Array(room * RECORD_WORDS);
    records.set(this.#records.subarray(0, this.#count * RECORD_WORDS));
    this.#records = records;
    const index = new Int32Array(Math.ceil(room * SLOTS_PER_RECORD));
    for (const slot of this.#index) if (slot !== 0) index[freeSlot(index, slot >>> 16)] = slot;
    this.#index = index;
    this.#room = room;
  }

  /** Closes the ranks of the live records. Returns whether that has made room enough, and not far too much. */
  #dropDead(evictedTick: number): boolean {
    const records = this.#records;
    const index = this.#index.fill(0);
    const end = this.#count * RECORD_WORDS;
    let to = 0;
    this.#firstTick = Infinity;
    for (let from = 0; from < end; from += RECORD_WORDS) {
      const tick = records[from] ?? 0;
      if (tick <= evictedTick) continue;
      if (tick < this.#firstTick) this.#firstTick = tick;
      for (let word = 0; word < RECORD_WORDS; word += 1) records[to + word] = records[from + word] ?? 0;
      const tag = tagOf(records[to + 2]);
      to += RECORD_WORDS;
      index[freeSlot(index, tag)] = (tag << 16) | (to / RECORD_WORDS);
    }
    this.#count = to / RECORD_WORDS;
    const wanted = roomFor(this.#count);
    return wanted <= this.#room * 1.06 && wanted > this.#room / 2;
  }
}

function roomFor(count: number): number {
  // Out of reach as long as the hash spreads: the table lays out shards for far fewer entries.
  if (count === MAX_RECORDS) throw new RangeError('a shard of the nonce table is full');
  return Math.min(MAX_RECORDS, Math.max(MIN_ROOM, Math.ceil(count * (count < 64 ? 2 : GROWTH))));
}

function tagOf(word: number | undefined): number {
  return (word ?? 0) >>> 16;
}

/** Scales 16 bits to an index slot. A multiplication, so that sizes need not be powers of two and growth can be gentle. */
function homeOf(tag: number, slots: number): number {
  return Math.floor((tag * slots) / 65_536);
}

function freeSlot(index: Int32Array, tag: number): number {
  let at = homeOf(tag, index.length);
  while (index[at] !== 0) at = at + 1 === index.length ? 0 : at + 1;
  return at;
}
