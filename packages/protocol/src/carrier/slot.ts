import { isEmptyObject, isObject, member, withMember, withoutMember } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';

/** Holds a wrapped `error.data` that was no object itself. */
export const VALUE_KEY = 'dev.mcps/value';

/** A container that had to be made so that a message has a slot; `value`: `error.data` was there but no object, and was wrapped. */
export type Created = 'params' | '_meta' | 'data' | 'value';

/**
 * What had to be made for one message, outermost first. A closed list:
 *
 * - request and notification: `["params", "_meta"]` or `["_meta"]`
 * - result: `["_meta"]`
 * - error: `["data"]` or `["value"]`
 * - any: `[]`, the slot was there
 */
export type CreatedRecord = readonly Created[];

interface SlotPath {
  /** The member of the message that holds the slot. */
  readonly container: 'params' | 'result' | 'error';
  /** The member of the container that is the slot. */
  readonly slot: '_meta' | 'data';
  /** Every record that may be true of this kind of message, the empty one left out. */
  readonly records: readonly CreatedRecord[];
}

const PARAMS_META: SlotPath = { container: 'params', slot: '_meta', records: [['params', '_meta'], ['_meta']] };

const PATHS: Readonly<Record<MessageKind, SlotPath>> = {
  request: PARAMS_META,
  notification: PARAMS_META,
  result: { container: 'result', slot: '_meta', records: [['_meta']] },
  error: { container: 'error', slot: 'data', records: [['data'], ['value']] },
};

/** The slot of a message, the one place where members of MCPS travel: `params._meta`, `result._meta`, or an `error.data` that is an object. */
export function slotOf(message: JsonObject, kind: MessageKind): JsonObject | undefined {
  const { container, slot } = PATHS[kind];
  const holder = member(message, container);
  const content = isObject(holder) ? member(holder, slot) : undefined;
  return isObject(content) ? content : undefined;
}

/** What the slot of a message holds once it is made, and what has to be made for it. */
export function planSlot(
  message: JsonObject,
  kind: MessageKind,
): { readonly content: JsonObject; readonly created: CreatedRecord } {
  const existing = slotOf(message, kind);
  if (existing !== undefined) return { content: existing, created: [] };
  const { container, slot } = PATHS[kind];
  const holder = member(message, container);
  if (!isObject(holder)) return { content: {}, created: ['params', '_meta'] };
  const value = member(holder, slot);
  if (value !== undefined) return { content: { [VALUE_KEY]: value }, created: ['value'] };
  return { content: {}, created: [slot] };
}

/** A copy of a message whose slot holds `content`, its containers made where they are missing. Everything else is shared with the original. */
export function fillSlot(message: JsonObject, kind: MessageKind, content: unknown): JsonObject {
  const { container, slot } = PATHS[kind];
  const holder = member(message, container);
  return withMember(message, container, withMember(isObject(holder) ? holder : {}, slot, content));
}

/** Reads a record from the wire, absent for an empty one. Returns `undefined` for anything that is not in the closed list of that kind. */
export function readCreated(value: unknown, kind: MessageKind): CreatedRecord | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  return PATHS[kind].records.find(
    (record) => record.length === value.length && record.every((name, index) => value[index] === name),
  );
}

/**
 * Undoes {@link planSlot} and {@link fillSlot}: the message with what its slot holds besides our members, `rest`, and without the containers in
 * the record. Returns `undefined` where filling the slot of the outcome again would not make that very record: a container that is said to have
 * been made holds something else, or a wrapped value stands beside something or is an object.
 */
export function restoreSlot(
  message: JsonObject,
  kind: MessageKind,
  rest: JsonObject,
  created: CreatedRecord,
): JsonObject | undefined {
  const { container, slot } = PATHS[kind];
  const outermost = created[0];
  if (outermost === undefined) return fillSlot(message, kind, rest);
  if (outermost === 'value') {
    const value = member(rest, VALUE_KEY);
    if (Object.keys(rest).length !== 1 || value === undefined || isObject(value)) return undefined;
    return fillSlot(message, kind, value);
  }
  if (!isEmptyObject(rest)) return undefined;
  const holder = member(message, container);
  const bare = withoutMember(isObject(holder) ? holder : {}, slot);
  if (outermost !== 'params') return withMember(message, container, bare);
  return isEmptyObject(bare) ? withoutMember(message, container) : undefined;
}
