import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { answeredIdOf, idOf, isObject, member } from '../json-object.js';

/**
 * What can be made out of a line that the strict parser refuses: whether it asks or answers, and under which id. Never more than that, and only to tell
 * somebody that waits.
 */
export function outlineOf(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const id = idOf(value);
  if (id === undefined || (typeof id === 'number' && !Number.isSafeInteger(id))) return undefined;
  if (answeredIdOf(value) !== undefined) return answer(id);
  return typeof member(value, 'method') === 'string' ? request(id) : undefined;
}

const ID = String.raw`(-?\d{1,15}|"[^"\\]{0,256}")`;
const VERSION = String.raw`(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?`;
const BEGINS = new RegExp(String.raw`^\s*\{\s*${VERSION}(?:"id"\s*:\s*${ID}\s*,\s*)?"(method|result|error)"\s*:`);
/** The last member of the outermost object, the envelope aside. */
const ENDS = new RegExp(String.raw`[,{]\s*"id"\s*:\s*${ID}\s*(?:,\s*"mcps"\s*:\s*\{[^{}]*\}\s*)?\}\s*$`);

/** As {@link outlineOf}, for a line of which only both ends are there: as the official SDKs write them, the id is at one of the two. */
export function outlineOfEnds(head: string, tail: string): JsonObject | undefined {
  const begin = BEGINS.exec(head);
  const found = begin?.[1] ?? ENDS.exec(tail)?.[1];
  if (begin === null || found === undefined) return undefined;
  const id = JSON.parse(found) as JsonRpcId;
  return begin[2] === 'method' ? request(id) : answer(id);
}

function request(id: JsonRpcId): JsonObject {
  return { jsonrpc: '2.0', id, method: '' };
}

function answer(id: JsonRpcId): JsonObject {
  return { jsonrpc: '2.0', id, result: {} };
}
