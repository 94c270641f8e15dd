import { McpsError, toRefusalObject } from '@mcps/protocol';
import type { Incoming, JsonObject, PeerIdentity } from '@mcps/protocol';
import type { MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import { asError } from '../error.js';
import { answeredIdOf, idOf, isObject, requestIdOf } from '../json-object.js';
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

  constructor(
    private readonly port: InboundPort,
    capacity: number,
  ) {
    this.#queue = new SerialQueue(capacity, (error) => port.report(asError(error, FAULT)));
  }

  receive(message: unknown, extra: MessageExtraInfo | undefined): void {
    if (!this.#queue.push(() => this.#open(message, extra))) this.#refuseOverflow(message, extra);
  }

  /** Runs `then` when everything that arrived before has been dealt with. */
  afterPending(then: () => void): void {
    this.#queue.pushAlways(() => {
      then();
      return Promise.resolve();
    });
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
    const delivered = step.type === 'deliver' ? message : await step.message;
    this.#settle(delivered);
    this.port.deliver(delivered, extra, identity);
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

  #settle(message: JsonObject): void {
    const id = answeredIdOf(message);
    if (id !== undefined) this.port.outbound.settle(id);
  }

  /**
   * One message too many. A request is answered at once, unsigned by any check of ours having run; an answer that we can no longer verify ends its
   * request with an unknown outcome.
   */
  #refuseOverflow(message: unknown, extra: MessageExtraInfo | undefined): void {
    const error = new McpsError('connection_limit');
    this.port.report(error);
    if (!isObject(message)) return;
    const id = idOf(message);
    if (id === undefined) return;
    const refusal: JsonObject = { jsonrpc: '2.0', id, error: toRefusalObject(error) };
    if (requestIdOf(message) !== undefined) {
      this.port.outbound
        .send(refusal, { relatedRequestId: id })
        .catch((fault: unknown) => this.port.report(asError(fault, FAULT)));
      return;
    }
    const data = { code: error.code, reason: error.reason, outcome: 'unknown' };
    this.port.deliver({ ...refusal, error: { ...toRefusalObject(error), data } }, extra, undefined);
  }
}
