import { encodeBase64Url, randomBytes } from '@mcps/crypto';
import { McpsError } from '@mcps/protocol';
import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf, member, requestIdOf } from '../json-object.js';

/** How many requests of our own the local application may be asked at once. */
const MAX_WAITING = 100;

/** How long the local application may take for one, milliseconds. */
const TIMEOUT_MS = 30_000;

interface Waiting {
  /** The request of the peer that made us ask. */
  readonly onBehalfOf: JsonRpcId | undefined;
  readonly settle: (answer: JsonObject | Error) => void;
}

/**
 * Requests that we put to the local application ourselves, as if the peer had. They have ids that no peer can guess, and whatever carries one stays off the
 * wire: answers come here, however late, and what is sent along with them goes along with the request that made us ask.
 */
export class OwnRequests {
  readonly #prefix = `dev.mcps/${encodeBase64Url(randomBytes(16))}/`;
  readonly #waiting = new Map<JsonRpcId, Waiting>();
  #count = 0;

  /**
   * Resolves with the answer of the application, a result or an error.
   *
   * @param deliver hands a request to the application.
   * @throws McpsError `connection_limit` where too many wait, or none comes in time.
   */
  ask(request: JsonObject, deliver: (request: JsonObject) => void): Promise<JsonObject> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new McpsError('connection_limit'));
    const id = `${this.#prefix}${String(this.#count++)}`;
    return new Promise((resolve, reject) => {
      const settle = (answer: JsonObject | Error): void => {
        this.#waiting.delete(id);
        clearTimeout(timer);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      const timer = setTimeout(() => settle(new McpsError('connection_limit')), TIMEOUT_MS);
      this.#waiting.set(id, { onBehalfOf: requestIdOf(request), settle });
      deliver({ ...request, id });
    });
  }

  /** Takes a message that answers one of these requests. Returns false for any other. */
  take(message: JsonObject): boolean {
    const id = answeredIdOf(message);
    if (id === undefined || !this.#isOwn(id)) return false;
    this.#waiting.get(id)?.settle(message);
    return true;
  }

  /** The request of the peer that stands behind one of these, for what the application sends along with it; any other id as it is. */
  behind(id: JsonRpcId | undefined): JsonRpcId | undefined {
    return id !== undefined && this.#isOwn(id) ? this.#waiting.get(id)?.onBehalfOf : id;
  }

  /** Lets nobody wait any more. */
  close(): void {
    for (const { settle } of [...this.#waiting.values()]) settle(new Error('Connection closed'));
  }

  #isOwn(id: JsonRpcId): boolean {
    return typeof id === 'string' && id.startsWith(this.#prefix);
  }
}

/** The same request for another page, with nothing in it that would make the application tell the peer how far it is. */
export function requestForPage(request: JsonObject, cursor: string | undefined): JsonObject {
  const { cursor: _cursor, _meta: meta, ...params } = objectOf(member(request, 'params'));
  const { progressToken: _token, ...rest } = objectOf(meta);
  const next = {
    ...params,
    ...(meta === undefined ? {} : { _meta: rest }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  return { ...request, params: next };
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
