import type { Wire } from '../../harness/message.js';
import type { Meddler } from './meddler.js';

interface Inner {
  onmessage?: ((message: never) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  send(message: never): Promise<void>;
  close(): Promise<void>;
}

/** A transport with somebody between it and its wire, in both directions. */
export class MeddledTransport {
  onmessage?: (message: Wire) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;

  constructor(
    private readonly inner: Inner,
    private readonly meddler: Meddler,
  ) {}

  async start(): Promise<void> {
    const { inner } = this;
    inner.onclose = () => this.onclose?.();
    inner.onerror = (error) => this.onerror?.(error);
    inner.onmessage = (message: Wire) => {
      for (const each of this.meddler.inPlaceOf('toClient', message)) this.onmessage?.(each);
    };
    await inner.start();
  }

  async send(message: Wire): Promise<void> {
    // All at once: whoever waited between them would put what comes next in between.
    await Promise.all(this.meddler.inPlaceOf('toServer', message).map((each) => this.inner.send(each as never)));
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
