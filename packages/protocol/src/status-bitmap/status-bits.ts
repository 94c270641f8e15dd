/** The most passports that a bitmap can tell of: 16 MiB of bits. */
export const MAX_BITMAP_SIZE = 2 ** 27;

/** One bit for each passport of an authority, by its `status_index`; set where it is revoked. The lowest bit of a byte is the first. Never changes. */
export class StatusBits {
  readonly #bytes: Uint8Array;

  /** @param bytes kept, not copied: whoever makes one hands them over */
  constructor(
    bytes: Uint8Array,
    readonly size: number,
  ) {
    this.#bytes = bytes;
  }

  /** The bits of these indices set, out of so many. Throws `RangeError` for a size or an index out of range. */
  static of(indices: Iterable<number>, size: number): StatusBits {
    if (!Number.isSafeInteger(size) || size < 0 || size > MAX_BITMAP_SIZE) {
      throw new RangeError('The size of a bitmap is out of range');
    }
    const bytes = new Uint8Array(byteLength(size));
    for (const index of indices) {
      if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
        throw new RangeError('An index lies outside the bitmap');
      }
      const at = index >>> 3;
      bytes[at] = (bytes[at] ?? 0) | (1 << (index & 7));
    }
    return new StatusBits(bytes, size);
  }

  /** Whether the bit is set. False for what is no index, or one beyond the size. */
  has(index: number): boolean {
    if (index >>> 0 !== index || index >= this.size) return false;
    return (((this.#bytes[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
  }

  /** A copy of the bytes. */
  toBytes(): Uint8Array {
    return this.#bytes.slice();
  }

  /** All bits that are set in one or the other. */
  union(other: StatusBits): StatusBits {
    const [longer, shorter] = this.size >= other.size ? [this, other] : [other, this];
    const bytes = longer.toBytes();
    shorter.#bytes.forEach((byte, at) => {
      bytes[at] = (bytes[at] ?? 0) | byte;
    });
    return new StatusBits(bytes, longer.size);
  }

  /** Whether no bit beyond the size is set in the last byte. */
  get isClean(): boolean {
    const used = this.size % 8;
    return used === 0 || (this.#bytes.at(-1) ?? 0) >>> used === 0;
  }
}

/** How many bytes so many bits take. */
export function byteLength(size: number): number {
  return Math.ceil(size / 8);
}
