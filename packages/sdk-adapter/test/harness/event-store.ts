import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** Keeps events in the order in which they came; the store among the examples of the SDK mixes up those of one millisecond. */
export class OrderedEventStore implements EventStore {
  readonly messages: JSONRPCMessage[] = [];
  readonly #streams: string[] = [];

  storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    this.#streams.push(stream);
    this.messages.push(message);
    return Promise.resolve(String(this.messages.length));
  }

  async replayEventsAfter(last: string, { send }: Parameters<EventStore['replayEventsAfter']>[1]): Promise<string> {
    const stream = this.#streams[Number(last) - 1] ?? '';
    for (const [index, message] of [...this.messages.entries()].slice(Number(last)))
      if (this.#streams[index] === stream) await send(String(index + 1), message);
    return stream;
  }
}
