import { asError } from '../../error.js';
import { FrameDecoder } from './decode-frames.js';
import { encodeFrame } from './encode-frame.js';
import type { SseFrame } from './frame.js';

/** Where the frames of the new stream go: at any time until it ends, also between two frames of the old. */
export interface FrameOutput {
  /** Puts a frame on the new stream; nothing happens where it is over. */
  write(frame: SseFrame): void;
  /** Ends the new stream now and cancels the old one. */
  end(): void;
  /** Cancels the old stream now: the new one goes on with what follows it. */
  skip(): void;
}

/** What becomes of a stream's frames. */
export interface FrameTransform {
  /** Is given the new stream before anything is read of the old. */
  opened?(output: FrameOutput): void;
  /** Deals with the next frame. The frame after it is read when this resolves; a rejection breaks the new stream off. */
  frame(frame: SseFrame, output: FrameOutput): Promise<void>;
  /** The old stream has ended of itself: the new one ends when this resolves, unless something follows. */
  finish?(output: FrameOutput): Promise<void>;
  /** Asks for the stream that comes after the old one, whose frames are dealt with like its own. The new stream ends where there is none. */
  following?(output: FrameOutput): Promise<ReadableStream<Uint8Array> | undefined>;
  /** The old stream has broken off, or cannot be read: so does the new one, unless it is ended before this resolves. */
  failed?(error: unknown, output: FrameOutput): Promise<void>;
  /** The new stream is over, however that came about. Called once. */
  closed?(): void;
}

/**
 * An event stream made of another, frame by frame. It reads only as fast as it is read, hands a cancellation through to the old stream and an error of that
 * one to its reader, and holds one unfinished frame at most.
 *
 * @param maxFrameBytes the most bytes of one frame of the old stream; a longer one breaks the stream off.
 */
export function transformFrames(
  body: ReadableStream<Uint8Array>,
  transform: FrameTransform,
  maxFrameBytes: number,
): ReadableStream<Uint8Array> {
  const stream = new TransformedFrames(body, transform, maxFrameBytes);
  // Nothing is read ahead of whoever reads.
  return new ReadableStream<Uint8Array>(stream, { highWaterMark: 0 });
}

class TransformedFrames implements UnderlyingDefaultSource<Uint8Array> {
  readonly #output: FrameOutput;
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #decoder: FrameDecoder;
  #skipped = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #written = 0;
  #over = false;

  constructor(
    body: ReadableStream<Uint8Array>,
    private readonly transform: FrameTransform,
    private readonly maxFrameBytes: number,
  ) {
    this.#reader = body.getReader();
    this.#decoder = new FrameDecoder(maxFrameBytes);
    this.#output = {
      write: (frame) => this.#write(frame),
      end: () => this.#end(),
      skip: () => (this.#skipped = true),
    };
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.transform.opened?.(this.#output);
  }

  async pull(): Promise<void> {
    const before = this.#written;
    try {
      while (!this.#over && this.#written === before) await this.#step();
    } catch (error) {
      await this.#breakOff(error);
    }
  }

  async cancel(reason: unknown): Promise<void> {
    this.#close();
    await this.#reader.cancel(reason);
  }

  async #step(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (this.#over) return;
    if (done) {
      await this.transform.finish?.(this.#output);
      await this.#follow();
      return;
    }
    for (const frame of this.#decoder.push(value)) {
      await this.transform.frame(frame, this.#output);
      if (this.#over) return;
      if (this.#skipped) {
        this.#reader.cancel().catch(() => undefined);
        await this.#follow();
        return;
      }
    }
  }

  async #follow(): Promise<void> {
    this.#skipped = false;
    const body = this.#over ? undefined : await this.transform.following?.(this.#output);
    if (this.#over) {
      await body?.cancel();
    } else if (body === undefined) {
      this.#controller?.close();
      this.#close();
    } else {
      this.#reader = body.getReader();
      this.#decoder = new FrameDecoder(this.maxFrameBytes);
    }
  }

  #write(frame: SseFrame): void {
    if (this.#over) return;
    this.#written += 1;
    this.#controller?.enqueue(encodeFrame(frame));
  }

  #end(): void {
    if (this.#over) return;
    this.#controller?.close();
    this.#close();
    this.#reader.cancel().catch(() => undefined);
  }

  async #breakOff(error: unknown): Promise<void> {
    try {
      if (!this.#over) await this.transform.failed?.(error, this.#output);
    } finally {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#controller?.error(asError(error, 'The event stream could not be read.'));
    this.#close();
    this.#reader.cancel(error).catch(() => undefined);
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.transform.closed?.();
  }
}
