import { member } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';

/** Whether a message is the request that begins a session. */
export function isInitialize(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'request' && member(message, 'method') === 'initialize';
}

/** Whether a message is the notification by which a client completes the handshake. */
export function isInitialized(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'notification' && member(message, 'method') === 'notifications/initialized';
}

/** Whether a message asks for a sign of life. */
export function isPing(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'request' && member(message, 'method') === 'ping';
}

/** Whether a message answers a request. */
export function isAnswerKind(kind: MessageKind): boolean {
  return kind === 'result' || kind === 'error';
}
