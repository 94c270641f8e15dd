import { McpsError } from '../errors/index.js';
import { hasMember, isObject, member } from './json-object.js';
import type { JsonObject } from './json-object.js';

/** The `id` of a JSON-RPC request and of its response. */
export type JsonRpcId = string | number;

/** What a JSON-RPC message is: a request, a notification, a response with a result, or a response with an error. */
export type MessageKind = 'request' | 'notification' | 'result' | 'error';

/** A message, and what kind it is of. */
export interface ClassifiedMessage {
  readonly kind: MessageKind;
  readonly message: JsonObject;
}

/**
 * Decides what kind of JSON-RPC 2.0 message a value is, by its own members alone; a member whose value is `undefined` counts as absent.
 *
 * - exactly one of `method`, `result` and `error` is present, and `method` is a string;
 * - a request and a result have an `id`, a string or a number; a notification has none; an error has one, or none, or null;
 * - `params`, `result`, `error` and the `_meta` of params and result, where present, are objects: no arrays, no null.
 *
 * Throws `McpsError`: `message_not_object` (a batch included), `message_kind_ambiguous`, `container_not_object`.
 */
export function classifyMessage(value: unknown): ClassifiedMessage {
  if (!isObject(value)) throw new McpsError('message_not_object');
  const kind = kindOf(value);
  checkContainers(value, kind);
  return { kind, message: value };
}

function kindOf(message: JsonObject): MessageKind {
  const method = member(message, 'method');
  const hasResult = hasMember(message, 'result');
  const hasError = hasMember(message, 'error');
  const present = (method === undefined ? 0 : 1) + (hasResult ? 1 : 0) + (hasError ? 1 : 0);
  if (present !== 1) throw new McpsError('message_kind_ambiguous');
  const id = member(message, 'id');
  const identified = typeof id === 'string' || typeof id === 'number';
  if (hasError) {
    if (identified || id === undefined || id === null) return 'error';
  } else if (hasResult) {
    if (identified) return 'result';
  } else if (typeof method === 'string') {
    if (identified) return 'request';
    if (id === undefined) return 'notification';
  }
  throw new McpsError('message_kind_ambiguous');
}

function checkContainers(message: JsonObject, kind: MessageKind): void {
  if (kind === 'error') {
    if (!isObject(member(message, 'error'))) throw new McpsError('container_not_object');
    return;
  }
  const container = member(message, kind === 'result' ? 'result' : 'params');
  if (container === undefined) return;
  if (!isObject(container)) throw new McpsError('container_not_object');
  const meta = member(container, '_meta');
  if (meta !== undefined && !isObject(meta)) throw new McpsError('container_not_object');
}
