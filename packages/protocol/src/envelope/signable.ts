import { hasCarrier } from '../carrier/index.js';
import { McpsError } from '../errors/index.js';
import { classifyMessage, hasMember, isObject, member, snapshot } from '../json-rpc/index.js';
import type { ClassifiedMessage, JsonObject, MessageKind } from '../json-rpc/index.js';

const ERROR_MEMBERS: ReadonlySet<string> = new Set(['code', 'message', 'data']);

/** Members of `_meta` that parsers of MCP messages cut down to the members they know. */
const CLOSED_META: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['io.modelcontextprotocol/related-task', new Set(['taskId'])],
  ['io.modelcontextprotocol/serverInfo', new Set(['name', 'title', 'version', 'description', 'websiteUrl', 'icons'])],
]);

/**
 * Copies a message for signing, and refuses what a receiver behind a parser of MCP messages would see differently or not at all: to its verifier
 * the signature would be wrong. Members whose value is `undefined` are dropped, as they have no form in JSON.
 *
 * Throws `McpsError`: `message_not_signable` (whose `cause` says which rule) for an `id` that is null or no safe integer, a fractional progress
 * token, members of `error` beside code, message and data, an own `__proto__` directly in `params`, `result` or `_meta`, and unknown members of
 * `_meta["io.modelcontextprotocol/related-task"]` or `…/serverInfo`; `reserved_member` for a message that has an envelope already; and what
 * `classifyMessage` and the default limits throw.
 */
export function checkSignable(message: unknown): ClassifiedMessage {
  const classified = classifyMessage(snapshot(message));
  const { kind, message: copy } = classified;
  if (hasCarrier(copy, kind)) throw new McpsError('reserved_member');
  checkId(copy);
  if (kind === 'error') checkError(copy);
  else checkContainer(member(copy, kind === 'result' ? 'result' : 'params'), kind);
  return classified;
}

function checkId(message: JsonObject): void {
  const id = member(message, 'id');
  if (id !== undefined && typeof id !== 'string' && !Number.isSafeInteger(id))
    refuse('the id is null or no safe integer');
}

function checkError(message: JsonObject): void {
  const error = member(message, 'error');
  if (isObject(error) && Object.keys(error).some((name) => !ERROR_MEMBERS.has(name))) {
    refuse('error has members beside code, message and data');
  }
}

function checkContainer(container: unknown, kind: MessageKind): void {
  if (!isObject(container)) return;
  const meta = member(container, '_meta');
  if (hasMember(container, '__proto__')) refuse(`${kind === 'result' ? 'result' : 'params'} has a member __proto__`);
  if (!isObject(meta)) return;
  if (hasMember(meta, '__proto__')) refuse('_meta has a member __proto__');
  const token = member(meta, 'progressToken');
  if (typeof token === 'number' && !Number.isSafeInteger(token)) refuse('the progress token is no safe integer');
  for (const [name, known] of CLOSED_META) {
    const value = member(meta, name);
    if (isObject(value) && Object.keys(value).some((inner) => !known.has(inner))) refuse(`${name} has unknown members`);
  }
}

function refuse(why: string): never {
  throw new McpsError('message_not_signable', {}, { cause: new TypeError(why) });
}
