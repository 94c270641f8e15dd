/**
 * Memory that is used over and over, for what node:crypto has read by the time that a call returns. A typed array of its own,
 * once it is longer than 64 bytes, costs more than all that is done with it here.
 */
export class Scratch {
  readonly bytes: Buffer;
  /** By length. */
  readonly #views: Uint8Array[] = [];

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  /** The first `length` bytes. */
  view(length: number): Uint8Array {
    return (this.#views[length] ??= this.bytes.subarray(0, length));
  }
}
