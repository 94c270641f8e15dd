import { joinBytes } from '../join-bytes.js';

/** How much of either end of an over-long line is kept, to make out whom to answer. */
const KEPT_BYTES = 4_096;

/** A line without its newline; or the first and the last bytes of one that is over the limit. */
export type Line =
  | { readonly type: 'line'; readonly bytes: Uint8Array }
  | { readonly type: 'too-long'; readonly head: Uint8Array; readonly tail: Uint8Array };

/**
 * Cuts a stream of bytes at its newlines, wherever its chunks begin and end. Holds no more than the longest line allowed: what is beyond that is dropped
 * up to the next newline, but for its last bytes.
 */
export class LineSplitter {
  #chunk: Uint8Array = new Uint8Array(0);
  #offset = 0;
  /** Pieces of the line under way, from earlier chunks. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  #overlong: { head: Uint8Array; tail: Uint8Array } | undefined;

  constructor(private readonly maxBytes: number) {}

  /** Takes a chunk, once {@link next} has returned `undefined` for the one before. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /** The next whole line; `undefined` where another chunk is needed. */
  next(): Line | undefined {
    const end = this.#chunk.indexOf(0x0a, this.#offset);
    const piece = this.#chunk.subarray(this.#offset, end === -1 ? undefined : end);
    this.#offset = end === -1 ? this.#chunk.length : end + 1;
    if (end === -1) {
      this.#keep(piece);
      return undefined;
    }
    if (this.#length === 0 && piece.length <= this.maxBytes) return { type: 'line', bytes: piece };
    this.#keep(piece);
    return this.#take();
  }

  /** Whether bytes have come that no newline follows. */
  get cut(): boolean {
    return this.#length > 0;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    if (this.#overlong !== undefined) {
      const { head, tail } = this.#overlong;
      // Under a small limit the first bytes are not all there yet.
      if (head.length < KEPT_BYTES) this.#overlong.head = firstBytes([head, piece]);
      this.#overlong.tail = lastBytes([tail, piece]);
      return;
    }
    // A copy: whoever owns the chunk may use its memory again.
    this.#pieces.push(piece.slice());
    if (this.#length <= this.maxBytes) return;
    this.#overlong = { head: firstBytes(this.#pieces), tail: lastBytes(this.#pieces) };
    this.#pieces = [];
  }

  #take(): Line {
    const line: Line =
      this.#overlong === undefined
        ? { type: 'line', bytes: joinBytes(this.#pieces) }
        : { type: 'too-long', ...this.#overlong };
    this.#pieces = [];
    this.#length = 0;
    this.#overlong = undefined;
    return line;
  }
}

function firstBytes(pieces: readonly Uint8Array[]): Uint8Array {
  return joinBytes(pieces).slice(0, KEPT_BYTES);
}

function lastBytes(pieces: readonly Uint8Array[]): Uint8Array {
  return joinBytes(pieces.map((piece) => piece.subarray(-KEPT_BYTES))).slice(-KEPT_BYTES);
}
