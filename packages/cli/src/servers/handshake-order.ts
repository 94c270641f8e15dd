import type { JsonObject } from '@mcps/protocol';
import type { bridge } from '@mcps/sdk-adapter';

type Transport = Parameters<typeof bridge>[1];

/**
 * A transport over HTTP that keeps the order of a handshake. Over stdio a client may write on without waiting; over HTTP each message is a request of its own,
 * and one that overtakes the handshake would belong to no session.
 */
export class HandshakeOrder implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JsonObject) => void) | undefined;
  #turn: Promise<void> = Promise.resolve();
  #initializeId: unknown;
  #onInitialized: () => void = () => undefined;

  constructor(private readonly inner: Transport) {}

  start(): Promise<void> {
    this.inner.onclose = () => this.onclose?.();
    this.inner.onerror = (error) => this.onerror?.(error);
    this.inner.onmessage = (message: JsonObject) => {
      this.onmessage?.(message);
      if (message['method'] === undefined && message['id'] === this.#initializeId) this.#onInitialized();
    };
    return this.inner.start();
  }

  send(message: JsonObject, options?: Parameters<Transport['send']>[1]): Promise<void> {
    const { method, id } = message;
    const sent = this.#turn.then(() => this.inner.send(message, options));
    const attempted = sent.catch(() => undefined);
    if (method === 'initialize') {
      this.#initializeId = id;
      const answered = new Promise<void>((resolve) => (this.#onInitialized = resolve));
      this.#turn = Promise.race([
        answered,
        sent.then(
          () => answered,
          () => undefined,
        ),
      ]);
    } else if (method === 'notifications/initialized') {
      this.#turn = attempted;
    }
    return sent;
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  close(): Promise<void> {
    this.#onInitialized();
    return this.inner.close();
  }
}
