import fc from 'fast-check';
import type { JsonObject, MessageKind } from '../../src/json-rpc/index.js';

/** The same value as a parser makes it: plain objects, an own `__proto__` among their members, and no `-0`. */
export function parsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export const jsonValue = fc.jsonValue({ maxDepth: 3 }).map(parsed);

const NAMES = ['constructor', 'toString', '__proto__', 'dev.mcps', 'mcps', 'created', 'data', 'hasOwnProperty'];

const members = fc
  .dictionary(fc.oneof(fc.string(), fc.constantFrom(...NAMES)), jsonValue, { maxKeys: 4 })
  .map((object) => parsed(object) as JsonObject);

const meta = fc.oneof(fc.constant({}), members, fc.record({ progressToken: fc.oneof(fc.string(), fc.integer()) }));

/** A container with a slot that is absent, empty or filled, beside any members. */
const container = fc
  .tuple(fc.oneof(fc.constant({}), members), fc.option(meta, { nil: undefined }))
  .map(([rest, slot]): JsonObject => (slot === undefined ? rest : { ...rest, _meta: slot }));

const id = fc.oneof(fc.integer({ min: 0 }), fc.string());

const errorData = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'text', 0, 1.5, false, true, [], [1], {}),
  fc.array(jsonValue, { maxLength: 3 }),
  members,
);

/** Messages of one kind whose containers are absent, empty or filled in every combination. */
const messagesOf: Readonly<Record<MessageKind, fc.Arbitrary<JsonObject>>> = {
  request: fc
    .tuple(id, fc.string(), fc.option(container, { nil: undefined }))
    .map(([number, method, params]) => without({ jsonrpc: '2.0', id: number, method, params })),
  notification: fc
    .tuple(fc.string(), fc.option(container, { nil: undefined }))
    .map(([method, params]) => without({ jsonrpc: '2.0', method, params })),
  result: fc.tuple(id, container).map(([number, result]) => ({ jsonrpc: '2.0', id: number, result })),
  error: fc
    .tuple(fc.option(id, { nil: undefined }), errorData, fc.integer(), fc.string())
    .map(([number, data, code, message]) =>
      without({ jsonrpc: '2.0', id: number, error: without({ code, message, data }) }),
    ),
};

export const KINDS: readonly MessageKind[] = ['request', 'notification', 'result', 'error'];

/** A message of any kind, with its kind. */
export const anyMessage: fc.Arbitrary<{ readonly kind: MessageKind; readonly message: JsonObject }> = fc.oneof(
  ...KINDS.map((kind) => messagesOf[kind].map((message) => ({ kind, message }))),
);

function without(object: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** One text per JSON value: two values are the same exactly if their texts are, the order of members apart. Own members only. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf((value as JsonObject)[name])}`).join()}}`;
}

/** Freezes a value in depth, so that whoever mutates it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
