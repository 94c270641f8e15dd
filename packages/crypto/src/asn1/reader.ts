import { CryptoError } from '../error.js';
import type { CryptoErrorCode } from '../error.js';

/** The ASN.1 tags that keys and signatures of this package use (X.690). */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  context0: 0xa0,
  context1: 0xa1,
} as const;

/**
 * A strict reader of DER (X.690 section 10): definite lengths in their shortest form, at most 65,535 bytes, single-byte
 * tags. Every fault is the one `code` that the caller chose, because what a fault means depends on what is read.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #code: CryptoErrorCode;
  #position = 0;

  constructor(bytes: Uint8Array, code: CryptoErrorCode) {
    this.#bytes = bytes;
    this.#code = code;
  }

  /** The next element's tag, or undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#position];
  }

  /** The contents of the next element, which must have this tag. A view, not a copy. */
  read(tag: number): Uint8Array {
    if (this.#byte() !== tag) this.#fail('an element has another tag than expected');
    const length = this.#length();
    const start = this.#position;
    if (length > this.#bytes.length - start) this.#fail('an element is cut short');
    this.#position = start + length;
    return this.#bytes.subarray(start, this.#position);
  }

  /** The next element, which must have this tag, as a reader of its contents. */
  enter(tag: number): DerReader {
    return new DerReader(this.read(tag), this.#code);
  }

  /**
   * The magnitude of the next element, a non-negative INTEGER in its shortest form (X.690 section 8.3), without the
   * leading zero octet that keeps it non-negative. Zero is one zero octet.
   */
  readUnsigned(): Uint8Array {
    const contents = this.read(TAG.integer);
    const [first, second] = contents;
    if (first === undefined) return this.#fail('an integer has no contents');
    if (first >= 0x80) return this.#fail('an integer is negative');
    if (first !== 0 || second === undefined) return contents;
    if (second < 0x80) return this.#fail('an integer is not in its shortest form');
    return contents.subarray(1);
  }

  /** Refuses trailing bytes. */
  end(): void {
    if (this.#position !== this.#bytes.length) this.#fail('bytes follow the last element');
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) return this.#fail('an element is cut short');
    this.#position++;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const octets = first & 0x7f;
    if (octets === 0 || octets > 2) this.#fail('a length is indefinite or too large');
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + this.#byte();
    if (length < 0x80 || (octets === 2 && length < 0x100)) this.#fail('a length is not in its shortest form');
    return length;
  }

  #fail(reason: string): never {
    throw new CryptoError(this.#code, `not the expected DER: ${reason}`);
  }
}
