import { NoncePermutation } from './nonce-permutation.js';
import { FOUND, NonceShard } from './nonce-shard.js';

const SHARD_ENTRIES = 16_384;
const MAX_SHARDS = 65_536;

/** Whom a nonce belongs to, as the table sees it. */
export interface NonceOwner {
  /** Unique among the owners of live nonces. */
  readonly number: number;
  /** {@link NonceTable.saltOf} the number. */
  readonly salt: number;
}

/**
 * The set of live nonces: many small hash tables, chosen by the hash, each growing on its own. So growth is spread over the calls and no call
 * waits for a rebuild of everything.
 */
export class NonceTable {
  readonly #shards: readonly NonceShard[];
  readonly #permutation: NoncePermutation;
  readonly #permuted = new Int32Array(4);
  #shard = new NonceShard();
  #slot = 0;

  /**
   * @param capacity the number of entries to lay the table out for
   * @param key 16 random bytes
   */
  constructor(capacity: number, key: Uint8Array) {
    const wanted = 2 ** Math.round(Math.log2(Math.max(1, capacity / SHARD_ENTRIES)));
    this.#shards = Array.from({ length: Math.min(MAX_SHARDS, wanted) }, () => new NonceShard());
    this.#permutation = new NoncePermutation(key);
  }

  /** Bytes held in slots. */
  get byteLength(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.byteLength, 0);
  }

  /** Gives memory back where everything has died; for every now and then. */
  releaseDead(evictedTick: number): void {
    for (const shard of this.#shards) shard.releaseIfDead(evictedTick);
  }

  saltOf(number: number): number {
    return this.#permutation.saltOf(number);
  }

  /** Throws `TypeError` for a nonce that is not 32 lower-case hexadecimal characters. */
  check(nonce: string): void {
    this.#permutation.permuteNonce(nonce, 0, this.#permuted);
  }

  /**
   * Whether an owner has used a nonce, and it is still live. Finds the place for {@link insert} otherwise.
   *
   * @throws TypeError as {@link check} does
   */
  probe(nonce: string, owner: NonceOwner, evictedTick: number): boolean {
    const words = this.#permuted;
    this.#permutation.permuteNonce(nonce, owner.salt, words);
    // Another word than the one that places the entry within its shard.
    const shard = this.#shards[words[1]! & (this.#shards.length - 1)];
    if (shard === undefined) throw new RangeError('the number of shards is no power of two');
    this.#shard = shard;
    this.#slot = shard.find(words, owner.number, evictedTick);
    return this.#slot === FOUND;
  }

  /**
   * Adds the nonce for which {@link probe} has just said no, for the same owner.
   *
   * @throws RangeError where it said yes: there is no place for a second one, and what has no place would be forgotten
   */
  insert(owner: NonceOwner, tick: number, evictedTick: number): void {
    if (this.#slot === FOUND) throw new RangeError('the nonce table has this nonce');
    this.#shard.insertAt(this.#slot, this.#permuted, owner.number, tick, evictedTick);
  }
}
