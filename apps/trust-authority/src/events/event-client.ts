import type { AuthorityEvent } from '../formats.js';
import { encodeRetry } from './server-sent-event.js';

export interface EventClientOptions {
  /** The most that waits to be read, bytes. */
  readonly maxBufferedBytes: number;
  /** Ends the connection at once, its stream with it. */
  readonly breakOff?: () => void;
  /** Called once. `wasCut`: because the client did not read. */
  readonly onEnd: (wasCut: boolean) => void;
}

interface Live {
  readonly event: AuthorityEvent;
  readonly encoded: Uint8Array;
}

/** After a server has stopped, its clients come back spread over this long. */
const RETRY_SPREAD_MS = 3000;
const RETRY_LEAST_MS = 500;

/** One who listens. Its buffer is bounded: what does not fit cuts the stream, so that no client holds memory of ours for as long as it likes. */
export class EventClient {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #options: EventClientOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** What happened while the client was still catching up. */
  #held: Live[] | undefined = [];
  #heldBytes = 0;
  /** That of the last revocation which the client has: none is sent twice, nor one before it. */
  #epoch = -1;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  constructor(options: EventClientOptions) {
    this.#options = options;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#wake?.(),
        cancel: () => this.#finish(false),
      },
      // The stream's own queue is the buffer, in bytes.
      { highWaterMark: options.maxBufferedBytes, size: (chunk) => chunk.byteLength },
    );
    this.#enqueue(encodeRetry(RETRY_LEAST_MS + Math.random() * RETRY_SPREAD_MS));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends what happened now, or holds it until the client is live. */
  send(event: AuthorityEvent, encoded: Uint8Array): void {
    if (this.#hasEnded) return;
    if (this.#held === undefined) return this.#sendLive(event, encoded);
    this.#heldBytes += encoded.byteLength;
    if (this.#heldBytes > this.#options.maxBufferedBytes) return this.#cut();
    this.#held.push({ event, encoded });
  }

  /** Sends something that the client has missed, once there is room for it. */
  async sendMissed(encoded: Uint8Array): Promise<void> {
    while (!this.#hasEnded && (this.#controller?.desiredSize ?? 0) < encoded.byteLength) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (!this.#hasEnded) this.#enqueue(encoded);
  }

  /** From here on the client is sent what happens. `epoch`: that of the last revocation it was sent. */
  goLive(epoch: number): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#epoch = epoch;
    for (const { event, encoded } of held) {
      if (!this.#hasEnded) this.#sendLive(event, encoded);
    }
  }

  /** Ends the stream in good order. */
  end(): void {
    if (this.#hasEnded) return;
    this.#finish(false);
    this.#controller?.close();
  }

  #sendLive(event: AuthorityEvent, encoded: Uint8Array): void {
    if (event.type === 'revocation') {
      if (event.epoch <= this.#epoch) return;
      this.#epoch = event.epoch;
    }
    this.#enqueue(encoded);
  }

  #enqueue(encoded: Uint8Array): void {
    if ((this.#controller?.desiredSize ?? 0) < encoded.byteLength) return this.#cut();
    this.#controller?.enqueue(encoded);
  }

  #cut(): void {
    if (this.#hasEnded) return;
    this.#finish(true);
    if (this.#options.breakOff !== undefined) return this.#options.breakOff();
    // An error drops what is buffered as well; closing would keep it for as long as nobody reads.
    this.#controller?.error(new Error('The client does not read what it is sent.'));
  }

  #finish(wasCut: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#held = undefined;
    this.#wake?.();
    this.#options.onEnd(wasCut);
  }
}
