import { TrustClientError } from '../error.js';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** The last `id` so far; empty where there has been none. */
  readonly id: string;
  /** `message` where the stream names none. */
  readonly type: string;
  readonly data: string;
}

export interface EventStreamOptions {
  /** The most bytes of one event, its field names included. */
  readonly maxEventBytes: number;
}

/**
 * Reads the events of a `text/event-stream` as the HTML standard has it ("Server-sent events", parsing): UTF-8, lines ended by LF, CR or CRLF, one leading BOM,
 * comments and unknown fields skipped, an event dispatched at each empty line. What precedes the end of the stream without an empty line is dropped.
 *
 * Throws `TrustClientError`: `too_large` for an event that has no end, `answer_malformed` for bytes that are no UTF-8. Whatever the stream itself throws
 * passes through. Leaving the loop cancels the stream.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  { maxEventBytes }: EventStreamOptions,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = new EventParser();
  const reader = body.getReader();
  let line = '';
  let pending = 0;
  let endedByCarriageReturn = false;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const text = decode(decoder, part.value);
      pending += part.value.length;
      let from = 0;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code !== 10 && code !== 13) {
          endedByCarriageReturn = false;
          continue;
        }
        const isRestOfCrLf = code === 10 && endedByCarriageReturn;
        endedByCarriageReturn = code === 13;
        if (!isRestOfCrLf) {
          const event = parser.take(line + text.slice(from, at));
          line = '';
          if (event !== 'pending') {
            // What is left of this chunk belongs to the next event.
            pending = text.length - at;
            if (event !== undefined) yield event;
          }
        }
        from = at + 1;
      }
      line += text.slice(from);
      if (pending > maxEventBytes)
        throw new TrustClientError('too_large', `The authority sends an event of more than ${maxEventBytes} bytes.`);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw new TrustClientError('answer_malformed', 'The authority sends events that are no UTF-8.', { cause });
  }
}

class EventParser {
  #id = '';
  #type = '';
  readonly #data: string[] = [];

  /** Takes a line without its end. `pending` while an event is under way; at its end the event, or `undefined` where it holds no data. */
  take(line: string): StreamEvent | undefined | 'pending' {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const rest = colon === -1 ? '' : line.slice(colon + 1);
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return 'pending';
  }

  #dispatch(): StreamEvent | undefined {
    const data = this.#data.splice(0);
    const type = this.#type === '' ? 'message' : this.#type;
    this.#type = '';
    return data.length === 0 ? undefined : { id: this.#id, type, data: data.join('\n') };
  }
}
