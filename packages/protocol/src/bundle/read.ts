import { isObject } from '../json-rpc/json-object.js';
import { readKeySet } from '../key-set/read.js';
import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { readPassport } from '../passport/read-passport.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { readStatusList } from '../status-list/status-list.js';
import { parseTimestamp } from '../time/index.js';
import type { Bundle } from './types.js';

const BUNDLE = {
  required: ['authority', 'number', 'created_at', 'expires_at', 'key_set', 'passports', 'list', 'signature'],
};
const MAX_PASSPORTS = 10_000;
/** The largest list, and so many of the largest passports as anybody has. */
const LIMITS = { maxDepth: 40, maxKeys: 4_000_000, maxBytes: 128 * 1024 * 1024 };

/**
 * Reads a bundle and what is in it: exact members, types and formats, everything of one authority, an end after its beginning. Nothing is verified; frozen.
 *
 * Throws `McpsError`: `status_invalid`, and for a passport `passport_malformed`, `chain_too_deep`.
 */
export function readBundle(source: StatementSource): Bundle {
  const members: Members = new Members(privateCopy(source, LIMITS, 'status_invalid'), BUNDLE, 'status_invalid');
  const authority = members.text('authority');
  const keySet = readKeySet(objectAt(members, 'key_set'));
  const list = readStatusList(objectAt(members, 'list'));
  if (keySet.authority !== authority || list.issuer !== authority) members.fail();
  const createdAt = members.timestamp('created_at');
  const expiresAt = members.timestamp('expires_at');
  if (parseTimestamp(expiresAt) <= parseTimestamp(createdAt)) members.fail();
  return deepFreeze({
    authority,
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    created_at: createdAt,
    expires_at: expiresAt,
    key_set: keySet,
    passports: members.list('passports', MAX_PASSPORTS).map((passport) => readPassport(passport)),
    list,
    signature: members.signature('signature'),
  });
}

function objectAt(members: Members, name: string): object {
  const value = members.value(name);
  return isObject(value) ? value : members.fail();
}
