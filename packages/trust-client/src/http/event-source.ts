import { TrustClientError } from '../error.js';
import { unref } from '../timing.js';
import { open } from './bounded-fetch.js';
import type { Fetch } from './bounded-fetch.js';
import { readEventStream } from './event-stream.js';
import type { StreamEvent } from './event-stream.js';

export interface EventSourceOptions {
  readonly url: URL;
  readonly fetch: Fetch;
  /** How long the first answer may take, milliseconds. */
  readonly openTimeoutMs: number;
  /** How long the stream may be silent, milliseconds. */
  readonly silenceMs: number;
  readonly maxEventBytes: number;
  /** Where to go on from. */
  readonly lastEventId?: string;
  readonly signal: AbortSignal;
}

/**
 * The events of an authority's stream, under the rules of `fetchBounded`. It ends when the authority ends it. Leaving the loop closes the connection.
 *
 * Throws `TrustClientError`: `timed_out` where nothing comes for too long, and as `fetchBounded` and `readEventStream` do.
 */
export async function* openEventStream(options: EventSourceOptions): AsyncGenerator<StreamEvent> {
  const { signal, silenceMs, openTimeoutMs, maxEventBytes, lastEventId } = options;
  const controller = new AbortController();
  const patience = new Patience(controller);
  const end = () => {
    controller.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    patience.wait(openTimeoutMs);
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const request = { ...options, headers, timeoutMs: openTimeoutMs, maxBytes: maxEventBytes };
    const { body } = await unlessAborted(open(request, 'text/event-stream', controller.signal), controller.signal);
    if (body === null) return;
    patience.wait(silenceMs);
    for await (const event of readEventStream(untilAborted(body, controller.signal), { maxEventBytes })) {
      patience.wait(silenceMs);
      yield event;
    }
  } catch (cause) {
    if (patience.isOver) throw new TrustClientError('timed_out', 'The authority has not been heard for too long.');
    if (cause instanceof TrustClientError) throw cause;
    throw new TrustClientError('unreachable', 'The stream of events has broken.', { cause });
  } finally {
    patience.end();
    signal.removeEventListener('abort', end);
    controller.abort();
  }
}

/** Aborts when nothing has happened for too long. */
class Patience {
  isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly controller: AbortController) {}

  wait(ms: number): void {
    this.end();
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.controller.abort();
    }, ms);
    unref(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** A fetch or a stream that does not heed its signal must not hold anybody up. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      reject(new Error('aborted'));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', end);
    });
  });
}

function untilAborted(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await reader.cancel().catch(() => undefined);
    },
  });
}
