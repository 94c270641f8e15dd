import { isObject, member, withMember, withoutMember } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/** Every member of ours in a slot has a name that begins so. */
const RESERVED_PREFIX = 'dev.mcps/';

/** Where the members of ours stand in each kind of message: the container, and the slot inside it. */
const SLOTS = [
  ['params', '_meta'],
  ['result', '_meta'],
  ['error', 'data'],
] as const;

/**
 * Takes everything of ours out of a message that could not be verified, so that nothing unverified reaches the application under one of our names.
 * For observe mode only: elsewhere such a message is refused. What cannot be told from the message's own members is left in place.
 */
export function withoutReservedMembers(message: JsonObject): JsonObject {
  let stripped = Object.hasOwn(message, 'mcps') ? withoutMember(message, 'mcps') : message;
  for (const [container, slot] of SLOTS) {
    const outer = member(stripped, container);
    if (!isObject(outer)) continue;
    const inner = member(outer, slot);
    if (!isObject(inner)) continue;
    const names = Object.keys(inner).filter((name) => name.startsWith(RESERVED_PREFIX));
    if (names.length === 0) continue;
    const rest = names.reduce<JsonObject>((object, name) => withoutMember(object, name), inner);
    stripped = withMember(stripped, container, withMember(outer, slot, rest));
  }
  return stripped;
}
