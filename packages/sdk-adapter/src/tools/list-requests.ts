import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf, member, requestIdOf } from '../json-object.js';

/** Requests that are never answered (cancelled ones) would otherwise stay for ever. */
const CAPACITY = 1024;

/** The ids of `tools/list` requests that are still to be answered. The number 1 and the string "1" are different ids. */
export class ListRequests {
  readonly #ids = new Set<JsonRpcId>();

  /** Notes a request where it is a `tools/list`. */
  note(message: JsonObject): void {
    const id = requestIdOf(message);
    if (id === undefined || member(message, 'method') !== 'tools/list') return;
    if (this.#ids.size >= CAPACITY) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    this.#ids.add(id);
  }

  /** Whether a message answers a noted request; each is answered once. */
  isAnswer(message: JsonObject): boolean {
    const id = answeredIdOf(message);
    return id !== undefined && this.#ids.delete(id);
  }
}
