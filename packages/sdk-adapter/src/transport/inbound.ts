import type { Incoming, JsonObject, PeerIdentity } from '@mcps/protocol';
import type { MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import { asError } from '../error.js';
import { answeredIdOf } from '../json-object.js';
import type { ToolLayer } from '../tools/tool-layer.js';
import type { LinkSlot } from './link.js';
import type { Outbound } from './outbound.js';
import { SerialQueue } from './serial-queue.js';

/** What the inbound side needs of the transport that it serves. */
export interface InboundPort {
  readonly link: LinkSlot;
  readonly outbound: Outbound;
  deliver(message: JsonObject, extra: MessageExtraInfo | undefined, identity: PeerIdentity | undefined): void;
  report(error: Error): void;
  /** Closes the connection, after everything delivered so far. */
  shutdown(): void;
}

const FAULT = 'An inbound message could not be handled.';

/**
 * Verifies inbound messages one at a time, in the order in which they arrived, so that progress never overtakes what it belongs to. Nothing is
 * dropped in silence: what cannot be verified is answered, turned into a local error, or reported.
 */
export class Inbound {
  readonly #queue: SerialQueue;
  /** The messages that were refused since the queue last had room. */
  #overflow: { messages: number } | undefined;

  constructor(
    private readonly port: InboundPort,
    capacity: number,
  ) {
    this.#queue = new SerialQueue(capacity, (error) => port.report(asError(error, FAULT)));
  }

  receive(message: unknown, extra: MessageExtraInfo | undefined): void {
    if (this.#queue.push(() => this.#open(message, extra))) {
      this.#overflow = undefined;
      return;
    }
    this.#noteOverflow();
    // At once, whatever waits: it is the queue that has no room.
    this.#refuse(message, extra).catch((error: unknown) => this.port.report(asError(error, FAULT)));
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

  async #open(message: unknown, extra: MessageExtraInfo | undefined): Promise<void> {
    const { connection, tools } = this.port.link.made ?? (await this.port.link.ready);
    for (const action of await connection.open(message)) {
      if (action.type === 'deliver') await this.#deliver(action, tools, extra);
      else this.#perform(action);
    }
  }

  async #deliver(
    { message, identity }: Extract<Incoming, { type: 'deliver' }>,
    tools: ToolLayer,
    extra: MessageExtraInfo | undefined,
  ): Promise<void> {
    const step = tools.incoming(message, identity);
    this.#handOver(step.type === 'deliver' ? message : await step.message, extra, identity);
  }

  /** What is delivered here is of our own making, and no business of the tool layer. */
  #performAtOnce(actions: readonly Incoming[], extra: MessageExtraInfo | undefined): void {
    for (const action of actions) {
      if (action.type === 'deliver') this.#handOver(action.message, extra, action.identity);
      else this.#perform(action);
    }
  }

  #perform(action: Exclude<Incoming, { type: 'deliver' }>): void {
    switch (action.type) {
      case 'answer':
        this.port.outbound.answer(action.answer);
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

  #handOver(message: JsonObject, extra: MessageExtraInfo | undefined, identity: PeerIdentity | undefined): void {
    const id = answeredIdOf(message);
    if (id !== undefined) this.port.outbound.settle(id);
    this.port.deliver(message, extra, identity);
  }

  async #refuse(message: unknown, extra: MessageExtraInfo | undefined): Promise<void> {
    const { connection } = await this.port.link.ready;
    this.#performAtOnce(await connection.refuse(message), extra);
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
