import { McpsError, toRefusalObject } from '@mcps/protocol';
import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { asError } from '../error.js';
import { idOf, isObject, member } from '../json-object.js';
import { isReplaced } from '../pump/replaced-answers.js';
import type { SendOptionsLike, TransportLike } from '../transport/transport-like.js';
import { ProgressRoutes } from './progress-routes.js';

/** Something that can be told to stop producing for a while: a Node stream, for one. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

export interface BridgeOptions {
  /** Told of every error of either transport, and of every message that could not be passed on. Default: errors are dropped. */
  readonly onerror?: (error: Error) => void;
  /** Called once, when the bridge has closed. */
  readonly onclose?: () => void;
  /** How many messages of one direction may be on their way; one more is refused. Default 1,024. */
  readonly maxPending?: number;
  /** The streams behind the transports, paused while half of `maxPending` is on its way out at the other end. */
  readonly flow?: { readonly a?: Pausable; readonly b?: Pausable };
}

/** A running bridge. */
export interface Bridge {
  /** Resolves when both transports have closed. */
  readonly closed: Promise<void>;
  /** Resolves when every message taken so far has been handed over, or refused. */
  idle(): Promise<void>;
  /** Closes both transports. */
  close(): Promise<void>;
}

const DEFAULT_PENDING = 1024;
const FAULT = 'A message could not be passed on.';

/**
 * Joins two transports, each of them secured or not, and passes every message on as it was delivered: a client at `a`, a server at `b`. Starts `b`, then
 * `a`; where one closes, the other is closed too. A request that cannot be passed on is answered with an error, so that nobody waits for ever.
 *
 * A secured side verifies what comes in and signs what goes out; the bridge's signature vouches for this hop, not for what the other side says.
 */
export async function bridge(a: TransportLike, b: TransportLike, options: BridgeOptions = {}): Promise<Bridge> {
  const joined = new JoinedTransports(a, b, options);
  await joined.start();
  return joined;
}

class JoinedTransports implements Bridge {
  readonly closed: Promise<void>;
  #resolveClosed: () => void = () => undefined;
  #open = 2;
  #closing = false;
  readonly #pending = { a: 0, b: 0 };
  readonly #paused = { a: false, b: false };
  readonly #maxPending: number;
  readonly #underway = new Set<Promise<void>>();
  readonly #progress = new ProgressRoutes();
  #initializeId: JsonRpcId | undefined;

  constructor(
    private readonly a: TransportLike,
    private readonly b: TransportLike,
    private readonly options: BridgeOptions,
  ) {
    this.#maxPending = options.maxPending ?? DEFAULT_PENDING;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    a.onmessage = (message) => this.#forward('a', message);
    b.onmessage = (message) => this.#forward('b', message);
    for (const transport of [a, b]) {
      let closed = false;
      transport.onerror = (error) => this.#report(error);
      transport.onclose = () => {
        // Some transports announce their end twice.
        if (closed) return;
        closed = true;
        this.#onClosed();
      };
    }
  }

  async start(): Promise<void> {
    await this.b.start();
    try {
      await this.a.start();
    } catch (error) {
      await this.b.close();
      throw error;
    }
  }

  async idle(): Promise<void> {
    while (this.#underway.size > 0) await Promise.allSettled(this.#underway);
  }

  async close(): Promise<void> {
    if (this.#closing) return this.closed;
    this.#closing = true;
    const outcomes = await Promise.allSettled([this.a.close(), this.b.close()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') this.#report(asError(outcome.reason, FAULT));
    return undefined;
  }

  #onClosed(): void {
    this.#open -= 1;
    if (this.#open > 0) {
      void this.close();
      return;
    }
    this.options.onclose?.();
    this.#resolveClosed();
  }

  #forward(from: Side, message: JsonObject): void {
    const clear: JsonObject = { ...message };
    if (this.#pending[from] >= this.#maxPending) {
      this.#refuse(from, clear, new McpsError('connection_limit'));
      return;
    }
    this.#observe(from, clear);
    this.#count(from, 1);
    const target = from === 'a' ? this.b : this.a;
    const handover = target
      .send(message, this.#optionsFor(from, clear))
      .catch((error: unknown) => this.#refuse(from, clear, asError(error, FAULT)))
      .finally(() => {
        this.#underway.delete(handover);
        this.#count(from, -1);
      });
    this.#underway.add(handover);
  }

  /** What the bridge has to know of the messages that pass: the version, which HTTP clients repeat in a header, and whom progress belongs to. */
  #observe(from: Side, message: JsonObject): void {
    const id = idOf(message);
    if (from === 'a') {
      this.#progress.note(message);
      if (member(message, 'method') === 'initialize') this.#initializeId = id;
      return;
    }
    if (id === undefined || member(message, 'method') !== undefined) return;
    this.#progress.settle(id);
    if (id !== this.#initializeId) return;
    this.#initializeId = undefined;
    const result = member(message, 'result');
    const version = isObject(result) ? member(result, 'protocolVersion') : undefined;
    if (typeof version === 'string') this.b.setProtocolVersion?.(version);
  }

  #optionsFor(from: Side, message: JsonObject): SendOptionsLike | undefined {
    const relatedRequestId = from === 'b' ? this.#progress.requestOf(message) : undefined;
    return relatedRequestId === undefined ? undefined : { relatedRequestId };
  }

  #refuse(from: Side, message: JsonObject, error: Error): void {
    if (this.#closing) return;
    this.#report(error);
    const id = idOf(message);
    if (id === undefined) return;
    if (member(message, 'method') === undefined) {
      // The caller at the other end would wait for this answer for ever, unless it is sent another.
      if (!isReplaced(error)) void this.close();
      return;
    }
    const refusal =
      error instanceof McpsError
        ? toRefusalObject(error)
        : { code: -32603, message: 'Internal error: the request could not be passed on' };
    const source = from === 'a' ? this.a : this.b;
    source
      .send({ jsonrpc: '2.0', id, error: { ...refusal } })
      .catch((fault: unknown) => this.#report(asError(fault, FAULT)));
  }

  #count(from: Side, change: 1 | -1): void {
    this.#pending[from] += change;
    const source = this.options.flow?.[from];
    if (source === undefined) return;
    const crowded = this.#pending[from] >= this.#maxPending / 2;
    if (crowded === this.#paused[from]) return;
    this.#paused[from] = crowded;
    if (crowded) source.pause();
    else source.resume();
  }

  #report(error: Error): void {
    this.options.onerror?.(error);
  }
}

type Side = 'a' | 'b';
