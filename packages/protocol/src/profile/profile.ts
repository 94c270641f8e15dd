import { ENVELOPE_KEY, VALUE_KEY, hasCarrier } from '../carrier/index.js';
import { fillSlot, planSlot, readCreated, restoreSlot, slotOf } from '../carrier/slot.js';
import { ConfigurationError, McpsError } from '../errors/index.js';
import { member, withoutMembers } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import type { ProfileMembers } from './members.js';
import { PROFILE_CREATED_KEY, PROFILE_KEYS } from './members.js';
import { readMembers } from './read-members.js';

const MEMBER_NAMES = Object.keys(PROFILE_KEYS) as (keyof ProfileMembers)[];

/** The names that belong to MCPS in the slot of a signed message. */
const PROFILE_NAMES: ReadonlySet<string> = new Set([...Object.values(PROFILE_KEYS), PROFILE_CREATED_KEY]);

/** The names that an application may not use in the slot. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([...PROFILE_NAMES, ENVELOPE_KEY, VALUE_KEY]);

/** Whether a name in the slot belongs to MCPS: one of the profile's, its record, the carrier, or the wrapper of a value. */
export function isReservedMember(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** What {@link takeProfile} finds. */
export interface TakenProfile {
  /** The message as the application sent it. */
  readonly message: JsonObject;
  readonly members: ProfileMembers;
  /** The message as it was signed, the profile's members in it. */
  readonly signed: JsonObject;
}

/** Whether a message that an application wants to send has a member whose name belongs to MCPS where MCPS would put it. */
export function hasReservedMember(message: JsonObject, kind: MessageKind): boolean {
  if (hasCarrier(message, kind)) return true;
  const slot = slotOf(message, kind);
  return slot !== undefined && hasReservedName(slot);
}

/**
 * Adds members to a message before it is signed: into its slot (`params._meta`, `result._meta`, `error.data`), which is made where it is missing
 * and recorded as such in `dev.mcps/created`. An `error.data` that is no object is wrapped as `dev.mcps/value`. Without any member the message is
 * returned as it is. Nothing is mutated; everything untouched is shared with the message.
 *
 * Throws `McpsError` `reserved_member` where the application used one of the names itself, and `ConfigurationError` `option_invalid` for a member
 * that no receiver would accept.
 */
export function addProfile(message: JsonObject, kind: MessageKind, members: ProfileMembers): JsonObject {
  if (hasReservedMember(message, kind)) throw new McpsError('reserved_member');
  const added: Record<string, unknown> = {};
  let isEmpty = true;
  for (const name of MEMBER_NAMES) {
    const value = members[name];
    if (value === undefined) continue;
    added[PROFILE_KEYS[name]] = value;
    isEmpty = false;
  }
  if (isEmpty) return message;
  if (readMembers(added) === undefined) {
    throw new ConfigurationError(
      'option_invalid',
      'A member of the security profile has a shape that no receiver accepts',
    );
  }
  const { content, created } = planSlot(message, kind);
  if (created.length > 0) added[PROFILE_CREATED_KEY] = [...created];
  return fillSlot(message, kind, { ...content, ...added });
}

/**
 * Takes the profile's members out of a message whose carrier has been removed, so that the message is again exactly what the application sent:
 * what was absent is absent, and an empty object stays. Ask it before verification only in order to verify; deliver nothing of it before that.
 *
 * Throws `McpsError` `profile_malformed`: a member of another shape or with further members of its own, a record that is not true of this message
 * or without any member, or another reserved name in the slot.
 */
export function takeProfile(signed: JsonObject, kind: MessageKind): TakenProfile {
  const slot = slotOf(signed, kind);
  if (slot === undefined || !hasReservedName(slot)) {
    return { message: signed, members: {}, signed };
  }
  const members = readMembers(slot);
  const created = readCreated(member(slot, PROFILE_CREATED_KEY), kind);
  if (members === undefined || created === undefined || isEmptyProfile(members))
    throw new McpsError('profile_malformed');
  const message = restoreSlot(signed, kind, withoutMembers(slot, PROFILE_NAMES), created);
  // A name that is still there was never added by a sender: the envelope's, or the wrapper's without its record.
  if (message === undefined || hasReservedMember(message, kind)) throw new McpsError('profile_malformed');
  return { message, members, signed };
}

function hasReservedName(slot: JsonObject): boolean {
  return Object.keys(slot).some((name) => RESERVED_NAMES.has(name) && slot[name] !== undefined);
}

/** Whether a message has nothing of the profile in it, as a peer of published 1.0 signs. */
export function isEmptyProfile(members: ProfileMembers): boolean {
  return MEMBER_NAMES.every((name) => members[name] === undefined);
}
