import { TrustClientError } from '../error.js';

/**
 * Reads a body of at most so many bytes. What its header says of its length is believed only where it is too long.
 *
 * Throws `TrustClientError` `too_large`; the rest of the body is cancelled then.
 */
export async function readBounded(response: Request | Response, maxBytes: number): Promise<Uint8Array> {
  const { body } = response;
  if (body === null) return new Uint8Array();
  const announced = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  try {
    if (announced > maxBytes) throw tooLarge(maxBytes);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const chunk: Uint8Array = part.value;
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error;
  }
  return concatenate(chunks, length);
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

function tooLarge(maxBytes: number): TrustClientError {
  return new TrustClientError('too_large', `The authority's answer has more than ${maxBytes} bytes.`);
}
