import { decodeUtf8 } from '@mcps/crypto';
import { McpsError } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { answeredIdOf, isObject, member } from '../../json-object.js';
import { bodyKind, withBody } from '../body/json-response.js';
import { parseStrictly } from '../body/parse-json.js';
import { readBody } from '../body/read-body.js';
import { messageFrame, withData, withoutData } from '../sse/encode-frame.js';
import { carriesMessage } from '../sse/frame.js';
import type { SseFrame } from '../sse/frame.js';
import { transformFrames } from '../sse/transform-frames.js';
import type { FrameOutput } from '../sse/transform-frames.js';
import type { ServerConnection } from './server-connection.js';

/** The most bytes of one of our own messages: what the parser takes at all. */
const MAX_OWN_BYTES = 64 * 1024 * 1024;

/** How many messages of a stream may wait for the handshake before no more are read. */
const MAX_HELD_FRAMES = 100;

/**
 * A response of the application with every message in it signed. Status and headers stay; bodies that hold no messages pass as they are, and so do errors that
 * name no request, which cannot be bound to one: they are HTTP errors, which a client believes no further than their status.
 *
 * @param ended called once the response is over.
 * @param first signed answers that go out in front of the application's own.
 */
export async function protectResponse(
  response: Response,
  connection: ServerConnection,
  ended: () => void,
  first: readonly JsonObject[] = [],
): Promise<Response> {
  const kind = response.body === null ? 'other' : bodyKind(response.headers);
  if (kind === 'event-stream' && response.body !== null)
    return withBody(response, protectStream(response.body, connection, ended, first));
  try {
    return kind === 'json' ? await protectJson(response, connection, first) : response;
  } finally {
    ended();
  }
}

async function protectJson(
  response: Response,
  connection: ServerConnection,
  first: readonly JsonObject[],
): Promise<Response> {
  const bytes = await readBody(response, MAX_OWN_BYTES);
  // Some servers say JSON of a body that is empty, such as that of status 202.
  if (bytes.length === 0)
    return first.length === 0 ? withBody(response, null) : withBody(response, JSON.stringify(first));
  const value = readOwn(decodeUtf8(bytes), connection);
  if (Array.isArray(value) || first.length > 0) {
    const signed = await Promise.all([value].flat().map((each) => sign(each, connection)));
    return withBody(response, JSON.stringify([...first, ...signed.flat()]));
  }
  if (!isMessage(value)) return withBody(response, bytes as BodyInit);
  const [signed] = await sign(value, connection);
  if (signed === undefined) throw new Error('The response could not be signed.');
  return withBody(response, JSON.stringify(signed));
}

/**
 * What our own application has written. A response that a strict reader would not take, such as one with an integer that no double spells, is no loss without a word:
 * an error goes out under its id.
 */
function readOwn(text: string, connection: ServerConnection): unknown {
  try {
    return parseStrictly(text, MAX_OWN_BYTES);
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    connection.report(error);
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(errorInPlaceOf) : errorInPlaceOf(value);
  }
}

function errorInPlaceOf(value: unknown): JsonObject | undefined {
  const id = isObject(value) ? answeredIdOf(value) : undefined;
  return id === undefined ? undefined : { jsonrpc: '2.0', id, error: UNREADABLE };
}

const UNREADABLE = { code: -32603, message: 'Internal error: the response cannot be signed' };

async function sign(value: unknown, connection: ServerConnection): Promise<JsonObject[]> {
  const signed: JsonObject[] = [];
  if (isMessage(value)) await connection.protect(value, { write: (message) => void signed.push(message) });
  return signed;
}

/** Whether a value is a message that can be bound to something: an error without an id answers nothing that could be named. */
function isMessage(value: unknown): value is JsonObject {
  if (!isObject(value) || member(value, 'jsonrpc') !== '2.0') return false;
  const id = member(value, 'id');
  return member(value, 'method') !== undefined || (id !== undefined && id !== null);
}

function protectStream(
  body: ReadableStream<Uint8Array>,
  connection: ServerConnection,
  ended: () => void,
  first: readonly JsonObject[],
): ReadableStream<Uint8Array> {
  const underWay = new Set<Promise<void>>();
  let untrack: (() => void) | undefined;
  const begin = async (frame: SseFrame & { readonly data: string }, output: FrameOutput): Promise<void> => {
    const value = readOwn(frame.data, connection);
    const isWritten =
      isMessage(value) &&
      (await connection.protect(value, {
        write: (message) => output.write(withData(frame, JSON.stringify(message))),
      }));
    // Its id still says how far the stream has come.
    if (!isWritten) output.write(withoutData(frame));
  };
  return transformFrames(
    body,
    {
      opened: (output) => {
        untrack = connection.track(output);
        for (const message of first) output.write(messageFrame(JSON.stringify(message)));
      },
      frame: async (frame, output) => {
        if (!carriesMessage(frame)) {
          output.write(frame);
          return;
        }
        const job = begin(frame, output);
        const settled = job.catch(() => undefined);
        underWay.add(settled);
        void settled.then(() => underWay.delete(settled));
        // What waits for the handshake must not keep back the very answer that goes on with it.
        if (!connection.mayHold || underWay.size >= MAX_HELD_FRAMES) await job;
        else job.catch(() => output.end());
      },
      finish: async () => {
        await Promise.all(underWay);
      },
      closed: () => {
        untrack?.();
        ended();
      },
    },
    MAX_OWN_BYTES,
  );
}
