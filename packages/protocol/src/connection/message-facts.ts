import type { MessageFacts } from '../audit/index.js';
import { classifyMessage, isObject, member } from '../json-rpc/index.js';
import type { ClassifiedMessage, JsonObject } from '../json-rpc/index.js';
import { idOf } from './answers.js';

/** What the operator is told of a message: what it is about, and nothing of what it holds. */
export function factsOf({ kind, message }: ClassifiedMessage): MessageFacts {
  const method = textOf(message, 'method');
  const id = idOf(message);
  const tool = method === 'tools/call' ? toolOf(message) : undefined;
  return { kind, method, ...(id === undefined ? {} : { id }), ...(tool === undefined ? {} : { tool }) };
}

/** What kind of message something is, as far as it can be told; `undefined` for what is none. */
export function classify(received: unknown): ClassifiedMessage | undefined {
  try {
    return classifyMessage(received);
  } catch {
    return looseRequest(received);
  }
}

/** Even a request whose shape is wrong is answered where its id can be read, or its sender would wait. */
function looseRequest(received: unknown): ClassifiedMessage | undefined {
  if (!isObject(received) || idOf(received) === undefined || typeof member(received, 'method') !== 'string')
    return undefined;
  return { kind: 'request', message: received };
}

function toolOf(message: JsonObject): string | undefined {
  const params = member(message, 'params');
  return isObject(params) ? textOf(params, 'name') : undefined;
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}
