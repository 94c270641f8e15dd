import { McpsError } from '@mcps/protocol';
import type { Answer, JsonObject, JsonRpcId, Outgoing } from '@mcps/protocol';
import { asError } from '../error.js';
import { copyToSend } from '../identity/handler-context.js';
import { answeredIdOf, isObject, requestIdOf } from '../json-object.js';
import type { LinkSlot } from './link.js';
import { noteReplaced } from './replaced-answers.js';
import { SerialQueue } from './serial-queue.js';
import { snapshotMessage } from './snapshot-message.js';

/** What the outbound side needs of the wire that it serves. `Way` is what that wire needs to know of how a message is to go. */
export interface OutboundPort<Way> {
  readonly link: LinkSlot;
  /**
   * Puts a signed message on the wire.
   *
   * @param way as given with the message; for a call that is repeated, as given with its first try.
   * @param relatedTo the request that the message answers, where the connection itself has something to say.
   */
  transmit(message: JsonObject, way: Way | undefined, relatedTo: JsonRpcId | undefined): Promise<void>;
  /** Hands a message to the local application: the answer to one that was given with `way`. */
  deliver(message: JsonObject, way: Way | undefined): void;
  /** Is told that what the connection had to say that way cannot be signed, so nothing comes of it. */
  unanswered?(way: Way | undefined): void;
  report(error: Error): void;
  /** Closes the connection. */
  shutdown(): void;
}

/** A message of the application on its way: what its `send` call awaits. */
interface Waiting<Way> {
  readonly way: Way | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const FAULT = 'An outbound message could not be handled.';

/** How many answers of the connection's own may wait to be signed: as many as there may be requests without an answer. */
const MAX_WAITING_ANSWERS = 10_000;

/** How many requests may await their answers with their way kept for a repetition. */
const MAX_KEPT_WAYS = 10_000;

/**
 * Signs outbound messages one at a time, in the order in which they were given, and sends each as soon as it is signed: the queue never waits for the
 * wire, so one slow request over HTTP holds up no other.
 */
export class Outbound<Way> {
  readonly #queue: SerialQueue;
  /** By the object given to the connection. Messages held for the handshake stay in here. */
  readonly #waiting = new Map<JsonObject, Waiting<Way>>();
  readonly #keptWays = new Map<JsonRpcId, Way>();
  #answers = 0;
  #closed: Error | undefined;

  constructor(
    private readonly port: OutboundPort<Way>,
    private readonly capacity: number,
  ) {
    this.#queue = new SerialQueue(capacity, (error) => port.report(asError(error, FAULT)));
  }

  /** Resolves, or rejects, with the wire's own `send` of this one message. */
  send(message: object, way: Way | undefined): Promise<void> {
    const gathering = isObject(message) ? this.port.link.made?.tools.gather?.(message) : undefined;
    if (gathering === undefined) return this.#enqueue(message, way);
    const copy = snapshotMessage(message);
    return gathering.then(() => this.#enqueue(copy, way));
  }

  #enqueue(message: object, way: Way | undefined): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    // Messages held for the handshake count too: they have left the queue, but still wait. Somebody waits for an answer, so answers always go.
    if (this.#waiting.size >= this.capacity && !isAnswer(message))
      return Promise.reject(new McpsError('connection_limit'));
    const original = this.#readsAtOnce(message) ? copyToSend(message) : snapshotMessage(message);
    return new Promise<void>((resolve, reject) => {
      this.#waiting.set(original, { way, resolve, reject });
      this.#queue.pushAlways(() => this.#protect(original));
    });
  }

  /** Signs and sends what the connection itself has to say; a call that is repeated goes the way of its first try. */
  answer(answer: Answer, way?: Way): void {
    if (this.#answers >= MAX_WAITING_ANSWERS) {
      // Nobody who keeps to the limits of a connection awaits that many. The end of the connection is an answer to all of them.
      this.port.report(new McpsError('connection_limit'));
      this.port.shutdown();
      return;
    }
    this.#answers += 1;
    this.#queue.pushAlways(async () => {
      this.#answers -= 1;
      const { connection } = await this.port.link.ready;
      const outgoing = await connection.protect(answer);
      this.#perform(outgoing, way);
      if (!outgoing.some(({ type }) => type === 'send')) this.port.unanswered?.(way);
    });
  }

  /** Signs and sends what was held for the handshake. */
  flush(): void {
    this.#queue.pushAlways(async () => {
      const { connection } = await this.port.link.ready;
      this.#perform(await connection.flush());
    });
  }

  /** Runs `then` when everything given before has been handed to the wire, is held, or has failed. */
  afterPending(then: () => void): void {
    this.#queue.pushAlways(() => {
      then();
      return Promise.resolve();
    });
  }

  /** Forgets the way of a request that has been answered. */
  settle(id: JsonRpcId): void {
    this.#keptWays.delete(id);
  }

  /** Rejects everything that has not been handed to the wire. */
  close(reason: Error): void {
    this.#closed ??= reason;
    this.#queue.clear();
    this.#keptWays.clear();
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
  }

  async #protect(original: JsonObject): Promise<void> {
    let current = original;
    try {
      const { connection, tools } = this.port.link.made ?? (await this.port.link.ready);
      // Nobody waits any more: closed in the meantime.
      if (!this.#waiting.has(original)) return;
      const step = tools.outgoing(original);
      if (step.type === 'answered') {
        const answered = this.#take(original);
        answered?.resolve();
        this.port.deliver(step.message, answered?.way);
        return;
      }
      if (step.type === 'send-later') {
        const ready = await step.message;
        const waiting = this.#take(original);
        if (waiting === undefined) return;
        current = ready;
        this.#waiting.set(current, waiting);
      }
      const outgoing = await connection.protect(current);
      this.#perform(outgoing);
      const held = outgoing.some((action) => action.type === 'held' && action.original === current);
      // Neither sent, failed nor held: the connection has closed in the meantime.
      if (!held) this.#take(current)?.reject(new Error('Connection closed'));
    } catch (error) {
      const waiting = this.#take(current);
      if (waiting === undefined) throw error;
      waiting.reject(error);
    }
  }

  /**
   * Whether a message that is sent now is signed, or copied by whoever signs it, before `send` returns: nothing waits in front of it, and the connection
   * is in the state in which it reads at once. Such a message need not be copied here as well.
   */
  #readsAtOnce(message: object): boolean {
    const state = this.port.link.made?.connection.state;
    return state === 'established' && this.#queue.idle && Object.getPrototypeOf(message) === Object.prototype;
  }

  #perform(outgoing: readonly Outgoing[], way?: Way): void {
    for (const action of outgoing) {
      switch (action.type) {
        case 'send':
          this.#transmit(action, this.#take(action.original), way);
          break;
        case 'fail':
          if (action.isReplaced === true) noteReplaced(action.error);
          this.#fail(action.original, action.error, way);
          break;
        case 'held':
          break;
      }
    }
  }

  #fail(original: JsonObject, error: Error, answerWay: Way | undefined): void {
    const waiting = this.#take(original);
    if (waiting !== undefined) {
      waiting.reject(error);
      return;
    }
    this.port.report(error);
    const repeated = requestIdOf(original);
    if (repeated !== undefined) this.port.deliver(outcomeUnknown(repeated), this.#keptWays.get(repeated) ?? answerWay);
  }

  #transmit(
    { message, original, relatedTo }: Extract<Outgoing, { type: 'send' }>,
    waiting: Waiting<Way> | undefined,
    answerWay: Way | undefined,
  ): void {
    if (waiting !== undefined) {
      this.#keepWay(original, waiting.way);
      this.port.transmit(message, waiting.way, undefined).then(waiting.resolve, waiting.reject);
      return;
    }
    const repeated = requestIdOf(original);
    const way = (repeated === undefined ? undefined : this.#keptWays.get(repeated)) ?? answerWay;
    this.port.transmit(message, way, relatedTo).catch((error: unknown) => {
      this.port.report(asError(error, FAULT));
      if (repeated !== undefined) this.port.deliver(outcomeUnknown(repeated), way);
    });
  }

  /** A call that is repeated with the passport must take the same way as its first try. */
  #keepWay(original: JsonObject, way: Way | undefined): void {
    const id = requestIdOf(original);
    if (id === undefined || way === undefined || this.#keptWays.size >= MAX_KEPT_WAYS) return;
    this.#keptWays.set(id, way);
  }

  #take(original: JsonObject): Waiting<Way> | undefined {
    const waiting = this.#waiting.get(original);
    this.#waiting.delete(original);
    return waiting;
  }
}

function isAnswer(message: object): boolean {
  return isObject(message) && answeredIdOf(message) !== undefined;
}

/** What the application is told when a repeated call could not be sent and nobody awaits that `send` any more. */
function outcomeUnknown(id: JsonRpcId): JsonObject {
  return {
    jsonrpc: '2.0',
    id,
    error: { code: -32603, message: 'Internal error: the request could not be sent', data: { outcome: 'unknown' } },
  };
}
