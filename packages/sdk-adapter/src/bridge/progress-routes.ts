import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { isId, isObject, member } from '../json-object.js';

/** Requests that are never answered would otherwise stay for ever. */
const CAPACITY = 1024;

/**
 * Which request a progress notification belongs to. HTTP server transports send a notification on the stream of the request that it is related to, and
 * behind a bridge only the progress token says which one that is.
 */
export class ProgressRoutes {
  readonly #requests = new Map<string | number, JsonRpcId>();

  /** Notes a request that asks for progress. */
  note(request: JsonObject): void {
    const id = member(request, 'id');
    const token = tokenAt(member(request, 'params'), '_meta');
    if (token === undefined || !isId(id)) return;
    if (this.#requests.size < CAPACITY) this.#requests.set(token, id);
  }

  /** Forgets a request that has been answered. */
  settle(id: JsonRpcId): void {
    for (const [token, request] of this.#requests) if (request === id) this.#requests.delete(token);
  }

  /** The id of the request that a message reports the progress of. */
  requestOf(message: JsonObject): JsonRpcId | undefined {
    if (member(message, 'method') !== 'notifications/progress') return undefined;
    const params = member(message, 'params');
    const token = isObject(params) ? member(params, 'progressToken') : undefined;
    return isId(token) ? this.#requests.get(token) : undefined;
  }
}

function tokenAt(params: unknown, slot: string): string | number | undefined {
  const meta = isObject(params) ? member(params, slot) : undefined;
  const token = isObject(meta) ? member(meta, 'progressToken') : undefined;
  return isId(token) ? token : undefined;
}
