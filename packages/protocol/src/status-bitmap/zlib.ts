/**
 * Compresses in the ZLIB format (RFC 1950), which the bits of a status list are written in. With what every runtime has; a runtime's own library may do
 * better, see `compressBits` of `@mcps/protocol/node`.
 */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const chunks = await pump(bytes, new CompressionStream('deflate'), Number.POSITIVE_INFINITY);
  return concat(chunks ?? []);
}

/**
 * Decompresses what must come out at exactly that length, and stops as soon as it is longer. Resolves to `undefined` for anything else: not ZLIB, cut short,
 * followed by more, another length.
 */
export async function inflate(compressed: Uint8Array, length: number): Promise<Uint8Array | undefined> {
  let chunks: readonly Uint8Array[] | undefined;
  try {
    chunks = await pump(compressed, new DecompressionStream('deflate'), length);
  } catch {
    return undefined;
  }
  const bytes = concat(chunks ?? []);
  // Some runtimes overlook what follows the end. The check value stands there, so whatever ends otherwise is not one stream alone.
  return bytes.length === length && endsWith(compressed, adler32(bytes)) ? bytes : undefined;
}

/** Sends bytes through a stream; `undefined` once more than so many have come out. */
async function pump(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  maxLength: number,
): Promise<readonly Uint8Array[] | undefined> {
  const writer = stream.writable.getWriter();
  // A fault shows on the readable side, and it is enough to hear of it there.
  const written = Promise.allSettled([writer.write(new Uint8Array(bytes)), writer.close()]);
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxLength) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
  await written;
  return chunks;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const ADLER_MODULUS = 65_521;

/** RFC 1950, section 8.2: the check value at the end of a stream. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % ADLER_MODULUS;
    b = (b + a) % ADLER_MODULUS;
  }
  return b * 0x1_0000 + a;
}

function endsWith(bytes: Uint8Array, value: number): boolean {
  if (bytes.length < 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4) === value;
}
