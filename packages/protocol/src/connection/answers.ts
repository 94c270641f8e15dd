import { ERROR_CODES, toRefusalObject } from '../errors/index.js';
import type { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject, JsonRpcId } from '../json-rpc/index.js';
import type { Answer } from './types.js';

const ANSWERS = new WeakSet();

/** Makes an answer that `protect` knows as the connection's own. */
export function createAnswer(answer: Answer): Answer {
  const frozen = Object.freeze(answer);
  ANSWERS.add(frozen);
  return frozen;
}

/** Whether `value` was made by {@link createAnswer}: an application's message that happens to have the same members is not. */
export function isAnswer(value: JsonObject | Answer): value is Answer {
  return ANSWERS.has(value);
}

/** The JSON-RPC error response that tells a peer why its request was refused. */
export function refusalResponse(id: JsonRpcId, error: McpsError): JsonObject {
  return { jsonrpc: '2.0', id, error: { ...toRefusalObject(error) } };
}

/**
 * The JSON-RPC error response that tells our own application that an answer was refused. Whether the peer carried the request out is not known, so it
 * must be neither reported as failed nor repeated: `data.outcome` is `unknown`.
 */
export function refusedReply(id: JsonRpcId, error: McpsError): JsonObject {
  const { code, reason } = error;
  return {
    jsonrpc: '2.0',
    id,
    error: { code: error.jsonRpcCode, message: ERROR_CODES[code].title, data: { code, reason, outcome: 'unknown' } },
  };
}

/** The JSON-RPC error response that stands in for an answer of the application that cannot be signed. */
export function unsignableResponse(id: JsonRpcId): JsonObject {
  return { jsonrpc: '2.0', id, error: { code: -32603, message: 'Internal error: the response cannot be signed' } };
}

/** The id of a message, where it has one that JSON-RPC allows. */
export function idOf(message: JsonObject): JsonRpcId | undefined {
  const id = member(message, 'id');
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** The id of the request that a notification cancels; `undefined` for any other message. */
export function cancelledIdOf(message: JsonObject): JsonRpcId | undefined {
  if (member(message, 'method') !== 'notifications/cancelled') return undefined;
  const params = member(message, 'params');
  const id = isObject(params) ? member(params, 'requestId') : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
