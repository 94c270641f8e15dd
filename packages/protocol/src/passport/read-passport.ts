import type { PublicJwk } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/json-object.js';
import type { JsonObject } from '../json-rpc/index.js';
import { parseTimestamp } from '../time/index.js';
import { isTrustLevel } from '../trust-level/levels.js';
import { MAX_CAPABILITIES, MAX_CHAIN_DEPTH, MAX_ORIGIN_LENGTH } from './limits.js';
import { Members } from './members.js';
import { isPassportId } from './passport-id.js';
import { readExtension } from './read-extension.js';
import { SELF_ISSUER, issuerOf } from './types.js';
import type { KeyRotation, Passport, PassportAgent } from './types.js';

const PASSPORT = {
  required: [
    'mcps_version',
    'passport_id',
    'agent',
    'public_key',
    'origin',
    'trust_level',
    'issued_at',
    'expires_at',
    'issuer_chain',
  ],
  optional: ['scan', 'issuer', 'key_rotation', 'ext', 'signature'],
};
const AGENT = { required: ['name', 'version', 'capabilities'] };
const PUBLIC_KEY = { required: ['kty', 'crv', 'x', 'y'] };
const KEY_ROTATION = { required: ['previous_key_hash', 'rotated_at'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** The passport formats by their `mcps_version`. A later format gets a reader of its own here. */
const FORMATS: ReadonlyMap<unknown, (value: JsonObject) => Passport> = new Map([['1.0', readPassport10]]);

/**
 * Reads a passport from parsed JSON: exact members, types and formats, and the number of its issuers. The result is built anew out of what was
 * checked, so it holds nothing else; nothing is verified. `signature` may only be absent where the issuer is `self`, or where the caller allows it.
 *
 * Throws `McpsError`: `passport_malformed`, then `chain_too_deep`.
 */
export function readPassport(value: unknown, allowUnsigned = false): Passport {
  const unsigned = readAnyPassport(value);
  if (!allowUnsigned && unsigned.signature === undefined && issuerOf(unsigned) !== SELF_ISSUER)
    throw new McpsError('passport_malformed');
  // After everything else: more than five issuers is a fault of its own, told from a malformed passport, and never cut to five.
  if (unsigned.issuer_chain.length > MAX_CHAIN_DEPTH) throw new McpsError('chain_too_deep');
  return unsigned;
}

/** Reads a passport that may not be signed yet. Throws `McpsError` `passport_malformed`. */
export function readAnyPassport(value: unknown): Passport {
  if (!isObject(value)) throw new McpsError('passport_malformed');
  const read = FORMATS.get(member(value, 'mcps_version'));
  if (read === undefined) throw new McpsError('passport_malformed');
  return read(value);
}

function readPassport10(value: JsonObject): Passport {
  const members: Members = new Members(value, PASSPORT, 'passport_malformed');
  const passportId = members.value('passport_id');
  const level = members.value('trust_level');
  if (!isPassportId(passportId) || !isTrustLevel(level)) members.fail();
  const issuedAt = members.timestamp('issued_at');
  const expiresAt = members.timestamp('expires_at');
  if (parseTimestamp(expiresAt) <= parseTimestamp(issuedAt)) members.fail();
  return {
    mcps_version: '1.0',
    passport_id: passportId,
    agent: readAgent(members.value('agent')),
    public_key: members.value('public_key') === null ? null : readPublicKey(members.value('public_key')),
    origin: members.value('origin') === null ? null : members.text('origin', MAX_ORIGIN_LENGTH),
    ...(members.has('scan') ? { scan: readScan(members) } : {}),
    trust_level: level,
    issued_at: issuedAt,
    expires_at: expiresAt,
    ...(members.has('issuer') ? { issuer: members.value('issuer') === null ? null : members.text('issuer') } : {}),
    issuer_chain: readIssuerChain(members),
    ...(members.has('key_rotation') ? { key_rotation: readKeyRotation(members.value('key_rotation')) } : {}),
    ...(members.has('ext') ? { ext: readExtension(members.value('ext')) } : {}),
    ...(members.has('signature') ? { signature: members.signature('signature') } : {}),
  };
}

function readAgent(value: unknown): PassportAgent {
  const members: Members = new Members(value, AGENT, 'passport_malformed');
  return {
    name: members.text('name'),
    version: members.text('version'),
    capabilities: members.texts('capabilities', MAX_CAPABILITIES),
  };
}

// Whether the point is on the curve is asked later, where the key is imported: that is a fault of its own.
function readPublicKey(value: unknown): PublicJwk {
  const members: Members = new Members(value, PUBLIC_KEY, 'passport_malformed');
  if (members.value('kty') !== 'EC' || members.value('crv') !== 'P-256') members.fail();
  return { kty: 'EC', crv: 'P-256', x: members.matching('x', COORDINATE), y: members.matching('y', COORDINATE) };
}

function readScan(members: Members): JsonObject | null {
  const scan = members.value('scan');
  if (scan !== null && !isObject(scan)) members.fail();
  return scan;
}

function readIssuerChain(members: Members): string[] {
  // The passport's size bounds the list already.
  return members.list('issuer_chain', Number.POSITIVE_INFINITY).map((entry) => {
    if (typeof entry !== 'string') members.fail();
    return entry;
  });
}

function readKeyRotation(value: unknown): KeyRotation {
  const members: Members = new Members(value, KEY_ROTATION, 'passport_malformed');
  return {
    previous_key_hash: members.matching('previous_key_hash', SHA256_HEX),
    rotated_at: members.timestamp('rotated_at'),
  };
}
