import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FeedEvent } from '../../src/feed/event.js';

/** The stream of events of an authority, under the control of the test. */
export class TestEvents {
  readonly opened: { readonly lastEventId: string | undefined }[] = [];
  /** What a new listener is sent at once. */
  greeting: () => readonly FeedEvent[] = () => [];
  readonly #open = new Set<ServerResponse>();

  get listeners(): number {
    return this.#open.size;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const lastEventId = request.headers['last-event-id'];
    this.opened.push({ lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.#open.add(response);
    response.on('close', () => this.#open.delete(response));
    for (const event of this.greeting()) response.write(frame(event));
  };

  send(...events: readonly FeedEvent[]): void {
    for (const response of this.#open) for (const event of events) response.write(frame(event));
  }

  sendText(text: string): void {
    for (const response of this.#open) response.write(text);
  }

  /** Ends every stream, properly or not. */
  end(isProper = true): void {
    for (const response of this.#open) {
      if (isProper) response.end();
      else response.destroy();
    }
  }
}

function frame(event: FeedEvent): string {
  return `id: ${event.era}.${event.epoch}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export async function until(condition: () => boolean, what = 'it'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen in time`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
