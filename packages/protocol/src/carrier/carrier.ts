import { McpsError } from '../errors/index.js';
import { classifyMessage, hasMember, isObject, member, withMember, withoutMember } from '../json-rpc/index.js';
import type { ClassifiedMessage, JsonObject, MessageKind } from '../json-rpc/index.js';
import { fillSlot, planSlot, readCreated, restoreSlot, slotOf } from './slot.js';

/**
 * Where an envelope travels. `top-level`: the published form, a member `mcps` of the message. `meta`: inside `params._meta`, `result._meta` or
 * `error.data`, which parsers of MCP messages let through. What is signed is the message without its carrier, so a signature is valid in either.
 */
export type Carrier = 'meta' | 'top-level';

/**
 * Which carrier a connection puts its envelopes in: always the same; or with `auto` that of the peer. Whoever asks in one place reads answers there, and parsers
 * in front of it may let nothing through anywhere else.
 */
export type CarrierChoice = Carrier | 'auto';

/** The member of the slot that is the carrier. */
export const ENVELOPE_KEY = 'dev.mcps/envelope';

/** The member of the message that is the carrier in the published form. */
export const TOP_LEVEL_KEY = 'mcps';

/** The member of the carrier in the slot that says which containers were made for it. */
const CREATED_KEY = 'created';

/** A message with its carrier taken off, or one that never had any. */
export type DetachedMessage =
  | { readonly carrier: 'none'; readonly message: JsonObject }
  | { readonly carrier: Carrier; readonly wireEnvelope: JsonObject; readonly message: JsonObject };

/**
 * Puts an envelope in its wire form on a message. Returns a new object that shares everything untouched with the message; nothing is mutated.
 *
 * Throws `McpsError`: `reserved_member` where the message has a carrier already, in either place, and what `classifyMessage` throws.
 */
export function attachCarrier(message: JsonObject, wireEnvelope: JsonObject, carrier: Carrier): JsonObject {
  const classified = classifyMessage(message);
  if (hasCarrier(message, classified.kind)) throw new McpsError('reserved_member');
  if (hasMember(wireEnvelope, CREATED_KEY))
    throw new TypeError('The envelope has a member that belongs to the carrier');
  return putCarrier(classified, wireEnvelope, carrier);
}

/** {@link attachCarrier} for a message that is known to have no carrier, and an envelope without a member of the carrier's. */
export function putCarrier(classified: ClassifiedMessage, wireEnvelope: JsonObject, carrier: Carrier): JsonObject {
  const { kind, message } = classified;
  if (carrier === 'top-level') return withMember(message, TOP_LEVEL_KEY, wireEnvelope);
  const { content, created } = planSlot(message, kind);
  const carried = created.length === 0 ? wireEnvelope : { ...wireEnvelope, [CREATED_KEY]: [...created] };
  return fillSlot(message, kind, withMember(content, ENVELOPE_KEY, carried));
}

/** Whether anything at all stands where a carrier would, in either place. */
export function hasCarrier(message: JsonObject, kind: MessageKind): boolean {
  const slot = slotOf(message, kind);
  return hasMember(message, TOP_LEVEL_KEY) || (slot !== undefined && hasMember(slot, ENVELOPE_KEY));
}

/**
 * Where a message has its envelope, as far as an unverified message shows it; `undefined` for one without any. `meta` for one in both places: every parser lets an answer through
 * that has it there.
 */
export function carrierInUnverified(message: JsonObject, kind: MessageKind): Carrier | undefined {
  const slot = slotOf(message, kind);
  if (slot !== undefined && hasMember(slot, ENVELOPE_KEY)) return 'meta';
  return hasMember(message, TOP_LEVEL_KEY) ? 'top-level' : undefined;
}

/**
 * Takes the carrier off a received message, so that attaching the same envelope again gives exactly what was received: what was absent is absent
 * again, and an empty object stays. Nothing is mutated, and nothing of the envelope is checked but that it is an object.
 *
 * Throws `McpsError`: `carrier_ambiguous` for one in both places, `envelope_malformed` for one that is no object (never "none"),
 * `carrier_created_invalid` for a record that this kind of message cannot have, `carrier_not_exact` for one that is not true of this message.
 */
export function detachCarrier(received: JsonObject, kind: MessageKind): DetachedMessage {
  const slot = slotOf(received, kind);
  const carried = slot === undefined ? undefined : member(slot, ENVELOPE_KEY);
  const topLevel = member(received, TOP_LEVEL_KEY);
  if (slot === undefined || carried === undefined) {
    return topLevel === undefined ? { carrier: 'none', message: received } : detachTopLevel(received, topLevel);
  }
  if (topLevel !== undefined) throw new McpsError('carrier_ambiguous');
  if (!isObject(carried)) throw new McpsError('envelope_malformed');
  const created = readCreated(member(carried, CREATED_KEY), kind);
  if (created === undefined) throw new McpsError('carrier_created_invalid');
  const message = restoreSlot(received, kind, withoutMember(slot, ENVELOPE_KEY), created);
  if (message === undefined) throw new McpsError('carrier_not_exact');
  return { carrier: 'meta', wireEnvelope: withoutMember(carried, CREATED_KEY), message };
}

function detachTopLevel(received: JsonObject, wireEnvelope: unknown): DetachedMessage {
  if (!isObject(wireEnvelope)) throw new McpsError('envelope_malformed');
  if (hasMember(wireEnvelope, CREATED_KEY)) throw new McpsError('carrier_created_invalid');
  return { carrier: 'top-level', wireEnvelope, message: withoutMember(received, TOP_LEVEL_KEY) };
}
