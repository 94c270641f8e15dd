import type { Answer, Incoming, JsonObject, PeerIdentity } from '@mcps/protocol';
import { asError } from '../error.js';
import { answeredIdOf } from '../json-object.js';
import type { ToolLayer } from '../tools/tool-layer.js';
import type { LinkSlot } from './link.js';
import type { Outbound } from './outbound.js';
import { SerialQueue } from './serial-queue.js';
import { UnreadableMessage } from './unreadable-message.js';

/** What the inbound side needs of the wire that it serves. `Origin` is what that wire knows of where a message came from. */
export interface InboundPort<Origin, Way> {
  readonly link: LinkSlot;
  readonly outbound: Outbound<Way>;
  deliver(message: JsonObject, origin: Origin | undefined, identity: PeerIdentity | undefined): void;
  /** Puts a request of our own to the application, as if it had come with that message; absent where there is no way to do so. */
  ask?(request: JsonObject, origin: Origin | undefined, identity: PeerIdentity | undefined): Promise<JsonObject>;
  /** The way for an answer, or a repeated call, that a message from `origin` led to; absent where the id of the request is enough. */
  wayBack?(origin: Origin | undefined, answer: Answer): Way | undefined;
  report(error: Error): void;
  /** Closes the connection, after everything delivered so far. */
  shutdown(): void;
}

const FAULT = 'An inbound message could not be handled.';

/**
 * Verifies inbound messages one at a time, in the order in which they arrived, so that progress never overtakes what it belongs to. Nothing is
 * dropped in silence: what cannot be verified is answered, turned into a local error, or reported.
 */
export class Inbound<Origin, Way> {
  readonly #queue: SerialQueue;
  /** The messages that were refused since the queue last had room. */
  #overflow: { messages: number } | undefined;

  constructor(
    private readonly port: InboundPort<Origin, Way>,
    capacity: number,
  ) {
    this.#queue = new SerialQueue(capacity, (error) => port.report(asError(error, FAULT)));
  }

  /** @param done called when the message has been delivered, or refused: nothing more comes of it then, but answers that are being signed. */
  receive(message: unknown, origin: Origin | undefined, done?: () => void): void {
    if (this.#queue.push(() => this.#open(message, origin).finally(done))) {
      this.#overflow = undefined;
      return;
    }
    this.#noteOverflow();
    // At once, whatever waits: it is the queue that has no room.
    this.#refuse(message, origin)
      .catch((error: unknown) => this.port.report(asError(error, FAULT)))
      .finally(done);
  }

  /** Runs `then` when everything that arrived before has been dealt with. */
  afterPending(then: () => void): void {
    this.#queue.pushAlways(() => {
      then();
      return Promise.resolve();
    });
  }

  /** Does what a revocation of the peer asks for: at once, whatever waits, as nothing that waits will be accepted any more. */
  cutOff(actions: readonly Incoming[]): void {
    this.#performAtOnce(actions, undefined);
  }

  /** Forgets everything that has not been opened. */
  clear(): void {
    this.#queue.clear();
  }

  async #open(message: unknown, origin: Origin | undefined): Promise<void> {
    const { connection, tools } = this.port.link.made ?? (await this.port.link.ready);
    if (message instanceof UnreadableMessage) {
      connection.skip(1);
      this.#performAtOnce(await connection.refuse(message.outline, message.fault), origin);
      return;
    }
    for (const action of await connection.open(message)) {
      if (action.type === 'deliver') await this.#deliver(action, tools, origin);
      else this.#perform(action, origin);
    }
  }

  async #deliver(
    { message, identity }: Extract<Incoming, { type: 'deliver' }>,
    tools: ToolLayer,
    origin: Origin | undefined,
  ): Promise<void> {
    const ask = this.port.ask?.bind(this.port);
    const step = tools.incoming(message, identity, ask && ((request) => ask(request, origin, identity)));
    this.#handOver(step.type === 'deliver' ? message : await step.message, origin, identity);
  }

  /** What is delivered here is of our own making, and no business of the tool layer. */
  #performAtOnce(actions: readonly Incoming[], origin: Origin | undefined): void {
    for (const action of actions) {
      if (action.type === 'deliver') this.#handOver(action.message, origin, action.identity);
      else this.#perform(action, origin);
    }
  }

  #perform(action: Exclude<Incoming, { type: 'deliver' }>, origin: Origin | undefined): void {
    switch (action.type) {
      case 'answer':
        this.port.outbound.answer(action.answer, this.port.wayBack?.(origin, action.answer));
        break;
      case 'report':
        this.port.report(action.error);
        break;
      case 'flush':
        this.port.outbound.flush();
        break;
      case 'close':
        this.port.shutdown();
        break;
    }
  }

  #handOver(message: JsonObject, origin: Origin | undefined, identity: PeerIdentity | undefined): void {
    const id = answeredIdOf(message);
    if (id !== undefined) this.port.outbound.settle(id);
    this.port.deliver(message, origin, identity);
  }

  async #refuse(message: unknown, origin: Origin | undefined): Promise<void> {
    const { connection } = await this.port.link.ready;
    const received = message instanceof UnreadableMessage ? message.outline : message;
    this.#performAtOnce(await connection.refuse(received), origin);
  }

  /** Tells the connection of refused messages where they would have been opened, so that it does not miss them: one job for as many as come in a row. */
  #noteOverflow(): void {
    if (this.#overflow !== undefined) {
      this.#overflow.messages += 1;
      return;
    }
    const overflow = { messages: 1 };
    this.#overflow = overflow;
    this.#queue.pushAlways(async () => {
      const { connection } = await this.port.link.ready;
      connection.skip(overflow.messages);
    });
  }
}
