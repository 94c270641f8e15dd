import { McpsError } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { answeredIdOf, isObject } from '../../json-object.js';
import { bodyKind } from '../body/json-response.js';
import { parseStrictly } from '../body/parse-json.js';
import { readBody } from '../body/read-body.js';
import { FrameDecoder } from '../sse/decode-frames.js';
import { carriesMessage } from '../sse/frame.js';

/** The most bytes of an answer to a request of our own. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The answer to a request of our own in what the handler has responded. What else the response says is for nobody.
 *
 * Rejects where there is none: with `McpsError` `message_not_canonical`, and as reading the body does.
 */
export async function ownAnswer(response: Response, id: string): Promise<JsonObject> {
  const kind = response.body === null ? 'other' : bodyKind(response.headers);
  const answer =
    kind === 'event-stream' && response.body !== null
      ? await inStream(response.body, id)
      : answering(kind === 'json' ? parseStrictly(await readBody(response, MAX_BYTES), MAX_BYTES) : undefined, id);
  if (answer === undefined) throw new McpsError('message_not_canonical');
  return answer;
}

async function inStream(body: ReadableStream<Uint8Array>, id: string): Promise<JsonObject | undefined> {
  const decoder = new FrameDecoder(MAX_BYTES);
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for (const frame of decoder.push(read.value).filter(carriesMessage)) {
        const answer = answering(parseStrictly(frame.data, MAX_BYTES), id);
        if (answer !== undefined) return answer;
      }
    }
    return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function answering(value: unknown, id: string): JsonObject | undefined {
  return isObject(value) && answeredIdOf(value) === id ? value : undefined;
}
