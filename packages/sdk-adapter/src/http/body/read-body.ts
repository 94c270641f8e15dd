import { McpsError } from '@mcps/protocol';
import { joinBytes } from '../../join-bytes.js';

/** What a body is read from: a `Request` or a `Response`. */
export interface BodySource {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The most bytes of a body, or of one frame of a stream, where no option says otherwise. */
export const DEFAULT_BODY_BYTES = 4 * 1024 * 1024;

/** Whether a body arrives as it was written. Of a request only: a `fetch` decodes the bodies of responses and leaves the header standing. */
export function isIdentityEncoded(headers: Headers): boolean {
  const coding = headers.get('content-encoding');
  return coding === null || coding.trim() === '' || coding.trim().toLowerCase() === 'identity';
}

/**
 * Reads a whole body. A length that is announced over the limit is refused before anything is read, one that is reached while reading as soon as it is; what is
 * left of the body is cancelled.
 *
 * @throws McpsError `message_too_large` (as a rejection), and whatever breaks the body off.
 */
export async function readBody({ headers, body }: BodySource, maxBytes: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body.cancel().catch(() => undefined);
    throw new McpsError('message_too_large');
  }
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw new McpsError('message_too_large');
    }
    pieces.push(read.value);
  }
  return joinBytes(pieces);
}
