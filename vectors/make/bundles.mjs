// What the suites of bundles share: one key set of the root key, which brings the status key that signs the list and the bundle.
import { AUTHORITY, DAY, HOUR, KEYS, at, id, passport, statement } from './world.mjs';

const keySetMembers = {
  authority: AUTHORITY,
  era: 1,
  number: 7,
  issued_at: at(-DAY),
  next_update: at(90 * DAY),
  keys: [{ purpose: 'status', jwk: KEYS.intermediate.publicJwk, not_before: at(-DAY), not_after: at(90 * DAY) }],
};
export const keySet = (overrides = {}, signer = 'authority') =>
  statement('key-set', { ...keySetMembers, ...overrides }, signer);

export const listMembers = {
  issuer: AUTHORITY,
  number: 12,
  epoch: 1,
  issued_at: at(-HOUR),
  next_update: at(HOUR),
  revoked: [{ passport_id: id('c'), reason: 'key_compromise', revoked_at: at(-DAY), passport_expires_at: at(DAY) }],
};
export const list = (overrides = {}, signer = 'intermediate') =>
  statement('status-list', { ...listMembers, ...overrides }, signer);

export const bundleMembers = {
  authority: AUTHORITY,
  number: 4,
  created_at: at(-HOUR),
  expires_at: at(7 * DAY),
  key_set: keySet(),
  passports: [passport()],
  list: list(),
};
export const bundle = (overrides = {}, signer = 'intermediate') =>
  statement('bundle', { ...bundleMembers, ...overrides }, signer);
