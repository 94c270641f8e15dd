import type { JsonObject, JsonRpcId } from '@mcps/protocol';

/** How many requests may wait for the rest of a stream that was broken off. */
const MAX_RESUMABLE = 1_000;

/**
 * What stands for an answer that never came. It is opened like any other message: unsigned as it is, the connection refuses it, forgets the request and tells the
 * application that its outcome is unknown.
 */
export function lostAnswer(id: JsonRpcId): JsonObject {
  const error = { code: -32603, message: 'Internal error: the request was not answered', data: { outcome: 'unknown' } };
  return { jsonrpc: '2.0', id, error };
}

/** Requests whose stream ended before their answer came, by the event after which it can be resumed; the oldest go first where there are too many. */
export class ResumableRequests {
  readonly #ids = new Map<string, JsonRpcId>();

  /** Returns the request that had to go for it, if one had to. */
  note(lastEventId: string, id: JsonRpcId): JsonRpcId | undefined {
    this.#ids.delete(lastEventId);
    this.#ids.set(lastEventId, id);
    if (this.#ids.size <= MAX_RESUMABLE) return undefined;
    for (const [oldest, forgotten] of this.#ids) {
      this.#ids.delete(oldest);
      return forgotten;
    }
    return undefined;
  }

  take(lastEventId: string | null): JsonRpcId | undefined {
    if (lastEventId === null) return undefined;
    const id = this.#ids.get(lastEventId);
    this.#ids.delete(lastEventId);
    return id;
  }
}
