import type { PublicJwk } from '@mcps/crypto';
import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { parseTimestamp } from '../time/index.js';
import type { KeyPurpose, KeySet, KeySetKey } from './types.js';

const KEY_SET = { required: ['authority', 'era', 'number', 'issued_at', 'next_update', 'keys', 'signature'] };
const KEY = { required: ['purpose', 'jwk', 'not_before', 'not_after'] };
const JWK = { required: ['kty', 'crv', 'x', 'y'] };
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;
const PURPOSES: ReadonlySet<unknown> = new Set<KeyPurpose>(['passport', 'status', 'evidence']);
/** As many as an anchor may have of a kind. */
const MAX_KEYS_OF_A_PURPOSE = 8;
const MAX_KEYS = 3 * MAX_KEYS_OF_A_PURPOSE;
const LIMITS = { maxDepth: 6, maxKeys: 16 + MAX_KEYS * 8, maxBytes: 32 * 1024 };

/**
 * Reads a key set: exact members, types and formats, ends after beginnings, no key twice for a purpose. Nothing is verified; frozen. Throws `McpsError`
 * `status_invalid`.
 */
export function readKeySet(source: StatementSource): KeySet {
  const members: Members = new Members(privateCopy(source, LIMITS, 'status_invalid'), KEY_SET, 'status_invalid');
  const keys = members.list('keys', MAX_KEYS).map((key) => readKey(key));
  const names = keys.map(({ purpose, jwk }) => `${purpose} ${jwk.x}`);
  const isCrowded = [...PURPOSES].some(
    (purpose) => keys.filter((key) => key.purpose === purpose).length > MAX_KEYS_OF_A_PURPOSE,
  );
  if (keys.length === 0 || isCrowded || new Set(names).size < names.length) members.fail();
  const keySet = {
    authority: members.text('authority'),
    era: members.integer('era', 1, Number.MAX_SAFE_INTEGER),
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    issued_at: members.timestamp('issued_at'),
    next_update: members.timestamp('next_update'),
    keys,
    signature: members.signature('signature'),
  };
  checkOrder(members, keySet.issued_at, keySet.next_update);
  return deepFreeze(keySet);
}

function readKey(value: unknown): KeySetKey {
  const members: Members = new Members(value, KEY, 'status_invalid');
  const purpose = members.value('purpose');
  if (!isKeyPurpose(purpose)) members.fail();
  const key = {
    purpose,
    jwk: readJwk(members.value('jwk')),
    not_before: members.timestamp('not_before'),
    not_after: members.timestamp('not_after'),
  };
  checkOrder(members, key.not_before, key.not_after);
  return key;
}

function readJwk(value: unknown): PublicJwk {
  const members: Members = new Members(value, JWK, 'status_invalid');
  if (members.value('kty') !== 'EC' || members.value('crv') !== 'P-256') members.fail();
  return { kty: 'EC', crv: 'P-256', x: members.matching('x', COORDINATE), y: members.matching('y', COORDINATE) };
}

function checkOrder(members: Members, from: string, until: string): void {
  if (parseTimestamp(until) <= parseTimestamp(from)) members.fail();
}

function isKeyPurpose(value: unknown): value is KeyPurpose {
  return PURPOSES.has(value);
}
