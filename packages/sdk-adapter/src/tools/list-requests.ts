import { cancelledIdOf } from '@mcps/protocol';
import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf, member, requestIdOf } from '../json-object.js';

/** As many requests as a connection lets await an answer. */
const CAPACITY = 10_000;

/** How many requests that were cancelled are remembered: their answers may be under way. */
const MAX_CANCELLED = 1_000;

/** The ids of `tools/list` requests that are still to be answered. The number 1 and the string "1" are different ids. */
export class ListRequests {
  readonly #ids = new Set<JsonRpcId>();
  /** The oldest first. */
  readonly #cancelled = new Set<JsonRpcId>();

  /** Notes a request where it is a `tools/list`, and what cancels one. Returns false for a request that there is no room for. */
  note(message: JsonObject): boolean {
    const method = member(message, 'method');
    if (method === 'tools/list') return this.#add(requestIdOf(message));
    if (method === 'notifications/cancelled') this.#cancel(cancelledIdOf(message));
    return true;
  }

  /** Whether a message answers a noted request; each is answered once. */
  isAnswer(message: JsonObject): boolean {
    const id = answeredIdOf(message);
    return id !== undefined && (this.#ids.delete(id) || this.#cancelled.delete(id));
  }

  #add(id: JsonRpcId | undefined): boolean {
    if (id === undefined) return true;
    if (this.#ids.size >= CAPACITY) return false;
    this.#ids.add(id);
    return true;
  }

  #cancel(id: JsonRpcId | undefined): void {
    if (id === undefined || !this.#ids.delete(id)) return;
    this.#cancelled.add(id);
    if (this.#cancelled.size <= MAX_CANCELLED) return;
    for (const oldest of this.#cancelled) {
      this.#cancelled.delete(oldest);
      break;
    }
  }
}
