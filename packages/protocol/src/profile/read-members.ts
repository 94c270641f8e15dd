import { decodeBase64Url } from '@mcps/crypto';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import type { Binding, Context, Hello, PassportMember, ProfileMembers } from './members.js';
import { PROFILE_KEYS } from './members.js';

const DIGEST = /^[0-9a-f]{64}$/;
const NONCE = /^[0-9a-f]{32}$/;

const HELLO_RANDOM_BYTES = 32;
const MAX_LIST_LENGTH = 32;
const MAX_VERSION_LENGTH = 32;
const MAX_FEATURE_LENGTH = 64;
const MAX_SIGNATURE_LENGTH = 128;
const MAX_AUDIENCE_LENGTH = 2048;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the profile's members out of a slot. Returns `undefined` where one of them has another shape than its type says, or further members. */
export function readMembers(slot: JsonObject): ProfileMembers | undefined {
  const members: Mutable<ProfileMembers> = {};
  const re = member(slot, PROFILE_KEYS.re);
  if (re !== undefined) {
    if (!matches(re, DIGEST)) return undefined;
    members.re = re;
  }
  const context = member(slot, PROFILE_KEYS.context);
  if (context !== undefined) {
    if (!isContext(context)) return undefined;
    members.context = context;
  }
  const retryOf = member(slot, PROFILE_KEYS.retryOf);
  if (retryOf !== undefined) {
    if (!matches(retryOf, NONCE)) return undefined;
    members.retryOf = retryOf;
  }
  const passport = member(slot, PROFILE_KEYS.passport);
  if (passport !== undefined) {
    if (!isPassportMember(passport)) return undefined;
    members.passport = passport;
  }
  const hello = member(slot, PROFILE_KEYS.hello);
  if (hello !== undefined) {
    if (!isHello(hello)) return undefined;
    members.hello = hello;
  }
  const binding = member(slot, PROFILE_KEYS.binding);
  if (binding !== undefined) {
    if (!isBinding(binding)) return undefined;
    members.binding = binding;
  }
  return members;
}

function isHello(value: unknown): value is JsonObject & Hello {
  if (!isObject(value) || !hasOnly(value, ['random', 'versions', 'features'])) return false;
  const versions = member(value, 'versions');
  const features = member(value, 'features');
  return (
    isRandom(member(value, 'random')) &&
    isTextList(versions, MAX_VERSION_LENGTH) &&
    versions.length > 0 &&
    (features === undefined || isTextList(features, MAX_FEATURE_LENGTH))
  );
}

function isBinding(value: unknown): value is JsonObject & Binding {
  return (
    isObject(value) &&
    hasOnly(value, ['transcript_hash', 'transcript_signature']) &&
    matches(member(value, 'transcript_hash'), DIGEST) &&
    isText(member(value, 'transcript_signature'), MAX_SIGNATURE_LENGTH)
  );
}

function isPassportMember(value: unknown): value is JsonObject & PassportMember {
  if (!isObject(value) || !hasOnly(value, ['passport', 'staple'])) return false;
  const staple = member(value, 'staple');
  return isObject(member(value, 'passport')) && (staple === undefined || isObject(staple));
}

function isContext(value: unknown): value is JsonObject & Context {
  if (!isObject(value) || !hasOnly(value, ['audience', 'direction', 'session', 'seq'])) return false;
  const direction = member(value, 'direction');
  if (!isText(member(value, 'audience'), MAX_AUDIENCE_LENGTH)) return false;
  if (direction !== 'client' && direction !== 'server') return false;
  const session = member(value, 'session');
  const seq = member(value, 'seq');
  if (session === undefined || seq === undefined) return session === seq;
  return matches(session, DIGEST) && typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0;
}

/** Whether an object has no members but these. */
function hasOnly(object: JsonObject, names: readonly string[]): boolean {
  return Object.keys(object).every((name) => names.includes(name));
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function isTextList(value: unknown, maxLength: number): value is string[] {
  return Array.isArray(value) && value.length <= MAX_LIST_LENGTH && value.every((entry) => isText(entry, maxLength));
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isRandom(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return decodeBase64Url(value).length === HELLO_RANDOM_BYTES;
  } catch {
    return false;
  }
}
