import type { JsonObject } from '@mcps/protocol';
import type { LineTransport } from '@mcps/sdk-adapter/streams';

/** A client's end, with an eye on what it has asked and was not answered yet. */
export class PendingRequests {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JsonObject) => void) | undefined;
  /** Whether the client has asked anything, and whether anything but an error of our own came back. */
  asked = false;
  heard = false;
  readonly #waiting = new Set<unknown>();
  #onSettled: (() => void) | undefined;

  constructor(private readonly client: LineTransport) {}

  start(): Promise<void> {
    this.client.onclose = () => this.onclose?.();
    this.client.onerror = (error) => this.onerror?.(error);
    this.client.onmessage = (message) => {
      const { id, method } = message;
      if (method !== undefined && id !== undefined) {
        this.asked = true;
        this.#waiting.add(id);
      }
      this.onmessage?.(message);
    };
    return this.client.start();
  }

  send(message: JsonObject): Promise<void> {
    if (!isOwnError(message)) this.heard = true;
    if (message['method'] === undefined) this.#waiting.delete(message['id']);
    if (this.#waiting.size === 0) this.#onSettled?.();
    return this.client.send(message);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** Resolves when every request has its answer, or after a while. */
  settled(limitMs: number): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The error that the bridge answers with where a request could not be passed on. */
function isOwnError(message: JsonObject): boolean {
  const error = message['error'];
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === -32603;
}
