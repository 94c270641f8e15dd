import type { Readable, Writable } from 'node:stream';
import { ConfigurationError, McpsError } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { asError } from '../error.js';
import { parseStrictly } from '../http/body/parse-json.js';
import { UnreadableMessage } from '../pump/unreadable-message.js';
import type { OnMessage, TransportLike } from '../transport/transport-like.js';
import { LineSplitter } from './line-splitter.js';
import type { Line } from './line-splitter.js';
import { outlineOf, outlineOfEnds } from './outline.js';

export interface LineTransportOptions {
  /** Takes what cannot be read, in its place among what can. */
  readonly onUnreadable: (this: LineTransport, message: UnreadableMessage) => void;
  /** The most bytes of a line, its newline not counted. Default 4 MiB. */
  readonly maxLineBytes?: number | undefined;
  /** Whether reading goes on where the output has failed, until the input ends. Default false: an error of either ends both. */
  readonly outlivesOutput?: boolean | undefined;
}

const DEFAULT_LINE_BYTES = 4 * 1024 * 1024;

/** How many messages are handed on before {@link LineTransport.pace} is asked to wait for them. */
const BURST = 256;

/**
 * JSON-RPC over a pair of byte streams, one message a line, as MCP has it for stdio. The bytes are judged before anything else sees them: a line over the
 * limit is not kept, and what is no UTF-8, or JSON that readers could take differently, is no message. Blank lines and the CR of a CRLF are passed over, a
 * line that the end of the stream cuts is reported.
 */
export class LineTransport implements TransportLike {
  onmessage?: OnMessage | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  /** The input has ended, and everything in it was handed on. What is sent still goes out. */
  onend?: (() => void) | undefined;
  /** Resolves when there is room for more: keeps a sender that is faster than verification from filling the queue. */
  pace?: (() => Promise<void>) | undefined;

  readonly #splitter: LineSplitter;
  readonly #maxLineBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #started = false;
  #ended = false;
  #endTold = false;
  #closed = false;
  #gates = 0;
  #flowing = true;
  #burst = 0;
  #drained: Promise<void> | undefined;
  #stopWaiting: (error: Error) => void = () => undefined;

  constructor(
    private readonly input: Readable,
    private readonly output: Writable,
    private readonly options: LineTransportOptions,
  ) {
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_LINE_BYTES;
    if (!Number.isSafeInteger(this.#maxLineBytes) || this.#maxLineBytes < 1) {
      throw new ConfigurationError('option_invalid', 'maxLineBytes must be a positive integer.');
    }
    this.#splitter = new LineSplitter(this.#maxLineBytes);
  }

  start(): Promise<void> {
    if (this.#started) return Promise.reject(new Error('This transport has been started already.'));
    this.#started = true;
    this.input.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onFault).on('close', this.#onGone);
    this.output.on('error', this.#onOutputFault).on('close', this.#onOutputGone);
    return Promise.resolve();
  }

  /** Resolves when the stream has taken the line, and has room for another. */
  send(message: JsonObject): Promise<void> {
    if (this.#closed || this.output.destroyed) return Promise.reject(new Error('Connection closed'));
    if (this.output.write(`${JSON.stringify(message)}\n`)) return Promise.resolve();
    this.#drained ??= new Promise<void>((resolve, reject) => {
      this.#stopWaiting = reject;
      this.output.once('drain', () => {
        this.#drained = undefined;
        resolve();
      });
    });
    return this.#drained;
  }

  /** Stops reading and writing. The streams stay as they are: they belong to whoever gave them. */
  close(): Promise<void> {
    this.#finish();
    return Promise.resolve();
  }

  pause(): void {
    this.#gates += 1;
    if (!this.#flowing || this.#closed) return;
    this.#flowing = false;
    this.input.pause();
  }

  resume(): void {
    this.#gates -= 1;
    if (this.#gates > 0 || this.#closed) return;
    this.#pump();
    if (this.#gates > 0 || this.#flowing) return;
    this.#flowing = true;
    this.input.resume();
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    if (this.#chunks.length === 1) this.#splitter.push(this.#chunks[0] ?? new Uint8Array(0));
    if (this.#gates === 0) this.#pump();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.#gates === 0) this.#pump();
  };

  readonly #onGone = (): void => {
    if (!this.#ended) this.#onFault(new Error('The input was closed before its end.'));
  };

  readonly #onFault = (error: Error): void => {
    if (this.#closed) return;
    this.onerror?.(error);
    this.#finish();
  };

  readonly #onOutputFault = (error: Error): void => {
    this.#stopWaiting(error);
    if (this.options.outlivesOutput !== true) this.#onFault(error);
  };

  readonly #onOutputGone = (): void => {
    this.#stopWaiting(new Error('The output was closed.'));
  };

  /** Hands on line after line until there is none, or nobody has room. */
  #pump(): void {
    while (this.#gates === 0 && !this.#closed && this.#chunks.length > 0) {
      const line = this.#splitter.next();
      if (line !== undefined) {
        this.#handOn(line);
        continue;
      }
      this.#chunks.shift();
      const [chunk] = this.#chunks;
      if (chunk !== undefined) this.#splitter.push(chunk);
    }
    if (!this.#ended || this.#endTold || this.#gates > 0 || this.#closed || this.#chunks.length > 0) return;
    this.#endTold = true;
    if (this.#splitter.cut) this.onerror?.(new Error('The input has ended within a line.'));
    this.onend?.();
  }

  #handOn(line: Line): void {
    const message = read(line, this.#maxLineBytes);
    if (message === undefined) return;
    if (message instanceof UnreadableMessage) this.options.onUnreadable.call(this, message);
    else this.onmessage?.(message as JsonObject);
    this.#burst += 1;
    if (this.pace === undefined || this.#burst < BURST) return;
    this.#burst = 0;
    this.pause();
    this.pace().then(
      () => this.resume(),
      (error: unknown) => this.#onFault(asError(error, 'Reading could not go on.')),
    );
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#chunks.length = 0;
    this.input.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onGone);
    this.output.off('close', this.#onOutputGone);
    if (this.input.listenerCount('data') === 0) this.input.pause();
    this.#stopWaiting(new Error('Connection closed'));
    this.onclose?.();
  }
}

const decoder = new TextDecoder();

/** `undefined` for a blank line. What is returned may be any JSON value: whoever takes it checks what it is. */
function read(line: Line, maxBytes: number): unknown {
  if (line.type === 'too-long') {
    const outline = outlineOfEnds(decoder.decode(line.head), decoder.decode(line.tail));
    return new UnreadableMessage(new McpsError('message_too_large'), outline);
  }
  if (isBlank(line.bytes)) return undefined;
  try {
    return parseStrictly(line.bytes, maxBytes);
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    return new UnreadableMessage(error, outlineOf(decoder.decode(line.bytes)));
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
