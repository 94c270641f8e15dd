import { cancelledIdOf } from '@mcps/protocol';
import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf, member, requestIdOf } from '../json-object.js';

/** As many requests as a connection lets await an answer. */
const CAPACITY = 10_000;

/** How many requests that were cancelled are remembered: their answers may be under way. */
const MAX_CANCELLED = 1_000;

/** The `tools/list` requests that are still to be answered, each with what is to be known of it then. The number 1 and the string "1" are different ids. */
export class ListRequests<T> {
  readonly #waiting = new Map<JsonRpcId, T>();
  /** The oldest first. */
  readonly #cancelled = new Map<JsonRpcId, T>();

  /** Notes a request where it is a `tools/list`, and what cancels one. Returns false for a request that there is no room for. */
  note(message: JsonObject, about: () => T): boolean {
    const method = member(message, 'method');
    if (method === 'tools/list') return this.#add(requestIdOf(message), about);
    if (method === 'notifications/cancelled') this.#cancel(cancelledIdOf(message));
    return true;
  }

  /** What is known of the request that a message answers; `undefined` for any other message. */
  find(message: JsonObject): T | undefined {
    const id = answeredIdOf(message);
    return id === undefined ? undefined : (this.#waiting.get(id) ?? this.#cancelled.get(id));
  }

  /** As {@link find}; each request is answered once. */
  take(message: JsonObject): T | undefined {
    const found = this.find(message);
    const id = answeredIdOf(message);
    if (id !== undefined && !this.#waiting.delete(id)) this.#cancelled.delete(id);
    return found;
  }

  #add(id: JsonRpcId | undefined, about: () => T): boolean {
    if (id === undefined) return true;
    if (this.#waiting.size >= CAPACITY) return false;
    this.#waiting.set(id, about());
    return true;
  }

  #cancel(id: JsonRpcId | undefined): void {
    const about = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || about === undefined) return;
    this.#waiting.delete(id);
    this.#cancelled.set(id, about);
    if (this.#cancelled.size <= MAX_CANCELLED) return;
    for (const oldest of this.#cancelled.keys()) {
      this.#cancelled.delete(oldest);
      break;
    }
  }
}
