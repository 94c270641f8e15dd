import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf } from '../../json-object.js';
import { messageFrame } from '../sse/encode-frame.js';
import type { FrameOutput } from '../sse/transform-frames.js';
import { onAbort } from './on-abort.js';
import type { OutgoingRequest } from './outgoing-request.js';

/** What comes back for a request: a response that nobody has verified, or an answer of our own making, for which none was awaited. */
export type Reply =
  { readonly type: 'response'; readonly response: Response } | { readonly type: 'local'; readonly message: JsonObject };

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** One request of the client and everything that comes back for it: both the way of a message out and the origin of messages in. */
export class Exchange {
  /** Whether the answer to the request has been handed on, verified or refused. */
  answered = false;
  /** The id of the last event that was seen: whoever asks for what came after it may still be given the answer. */
  lastEventId: string | undefined;
  #awaitedId: JsonRpcId | undefined;
  #next: Deferred<Reply> = deferred();
  readonly #failed: Deferred<never> = deferred();
  /** Messages that have been verified while a body, or an event, was being dealt with. */
  #arrived: JsonObject[] = [];
  #output: FrameOutput | undefined;
  #inFrame = false;
  #repeating = false;
  #over = false;
  readonly #abort: AbortController | undefined;
  readonly #unlisten: (() => void) | undefined;

  constructor(
    readonly request: OutgoingRequest,
    awaitedId: JsonRpcId | undefined,
  ) {
    this.#awaitedId = awaitedId;
    const { signal } = request;
    if (signal === undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#unlisten = onAbort(signal, () => {
      abort.abort(signal.reason);
      this.fail(signal.reason);
    });
  }

  /**
   * Aborted when the request is, and of this exchange alone: a `fetch` leaves its listener on the signal that it is given until memory is short, and clients
   * have one signal for all that they ever send.
   */
  get signal(): AbortSignal | undefined {
    return this.#abort?.signal;
  }

  /** The request that awaits its answer in this exchange; absent where none does. */
  get awaitedId(): JsonRpcId | undefined {
    return this.#awaitedId;
  }

  /** The exchange goes on with a stream that was broken off, in which a request may still await its answer. */
  resume(awaitedId: JsonRpcId | undefined, lastEventId: string | undefined): void {
    this.#awaitedId = awaitedId;
    this.lastEventId = lastEventId;
  }

  /** Whether a message answers the request of this exchange. */
  awaits(message: JsonObject): boolean {
    return this.awaitedId !== undefined && answeredIdOf(message) === this.awaitedId;
  }

  /** Nobody waits for anything here any more. */
  get over(): boolean {
    return this.#over;
  }

  /** A request whose answer has not come, and does not come by another try either. */
  get unanswered(): boolean {
    return this.awaitedId !== undefined && !this.answered && !this.#repeating;
  }

  /** What comes back next. Rejects where the exchange fails, or is aborted, before. */
  nextReply(): Promise<Reply> {
    const { promise } = this.#next;
    return this.guard(promise).finally(() => (this.#next = deferred()));
  }

  /** Settles as the promise does, or rejects once the exchange has failed. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failed.promise]);
  }

  responded(response: Response): void {
    this.#next.resolve({ type: 'response', response });
  }

  /** Takes an answer for which nothing was received. */
  respondLocally(message: JsonObject): void {
    this.#note(message);
    if (this.#output === undefined) this.#next.resolve({ type: 'local', message });
    else this.#write(this.#output, message);
  }

  /** Takes a message that was received here, verified. */
  deliver(message: JsonObject): void {
    this.#note(message);
    if (this.#output === undefined || this.#inFrame) this.#arrived.push(message);
    else this.#write(this.#output, message);
  }

  /** The call is made again, for want of a passport: another response will come. */
  expectRepetition(): void {
    this.#repeating = true;
    this.#output = undefined;
  }

  get repeating(): boolean {
    return this.#repeating;
  }

  takeRepetition(): boolean {
    const repeating = this.#repeating;
    this.#repeating = false;
    return repeating;
  }

  takeArrived(): readonly JsonObject[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /** From now on, messages go to this stream. */
  attach(output: FrameOutput): void {
    this.#output = output;
  }

  /** What is delivered while an event is being dealt with belongs to that event, and is taken by whoever deals with it. */
  async inFrame(deal: () => Promise<void>): Promise<readonly JsonObject[]> {
    this.#inFrame = true;
    await this.guard(deal());
    this.#inFrame = false;
    return this.takeArrived();
  }

  /** Ends the exchange: what waits is rejected, an open stream ends. An answer that is there already still goes its way. */
  fail(error: unknown): void {
    if (this.#over) return;
    if (!this.answered || this.request.signal?.aborted === true) {
      this.#next.reject(error);
      this.#failed.reject(error);
    }
    if (!this.#inFrame) this.#output?.end();
    this.finish();
  }

  /** Nothing more comes of this. */
  finish(): void {
    this.#over = true;
    this.#unlisten?.();
  }

  #note(message: JsonObject): void {
    if (this.awaits(message)) this.answered = true;
  }

  #write(output: FrameOutput, message: JsonObject): void {
    output.write(messageFrame(JSON.stringify(message)));
  }
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever waits hears of it; nobody has to wait.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
