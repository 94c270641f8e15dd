import { CryptoError, canonicalize, parseJson } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/json-object.js';
import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { isPassportId } from '../passport/passport-id.js';
import { readRoot } from '../tree-head/reference.js';
import type { TreeHeadReference } from '../tree-head/index.js';

interface Recorded {
  /** RFC 3339, UTC. */
  readonly at: string;
}

interface AboutPassport extends Recorded {
  readonly passport_id: string;
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole passport. */
  readonly passport_digest: string;
}

/**
 * What an authority writes down when it changes something. A leaf of its log is the UTF-8 of the RFC 8785 form of exactly these members. Passports are
 * named by id and digest, and nobody by name.
 */
export type LogEntry =
  | (AboutPassport & { readonly type: 'issued' })
  /** `supersedes`: the id of the passport that this one replaces. */
  | (AboutPassport & { readonly type: 'renewed' | 'rotated'; readonly supersedes: string })
  | (AboutPassport & { readonly type: 'revoked'; readonly reason: string; readonly epoch: number })
  /** `report_digest`: lower-case hex SHA-256 of the report. */
  | (AboutPassport & {
      readonly type: 'scan' | 'audit';
      readonly result: 'pass' | 'fail';
      readonly report_digest: string;
    })
  /** A key that is published, to sign from then on or soon. `key`: its RFC 7638 SHA-256 thumbprint, base64url. */
  | (Recorded & {
      readonly type: 'key';
      readonly purpose: 'root' | 'passport' | 'status' | 'evidence';
      readonly key: string;
    })
  /** A new life of the log, which the root key began. `previous`: the furthest state that was known before. */
  | (Recorded & {
      readonly type: 'era';
      readonly era: number;
      readonly epoch: number;
      readonly previous: TreeHeadReference & { readonly era: number; readonly epoch: number };
    });

/** The longest leaf, bytes. */
const MAX_LEAF_BYTES = 4096;

const PASSPORT = ['type', 'at', 'passport_id', 'passport_digest'];
const ENTRIES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['issued', PASSPORT],
  ['renewed', [...PASSPORT, 'supersedes']],
  ['rotated', [...PASSPORT, 'supersedes']],
  ['revoked', [...PASSPORT, 'reason', 'epoch']],
  ['scan', [...PASSPORT, 'result', 'report_digest']],
  ['audit', [...PASSPORT, 'result', 'report_digest']],
  ['key', ['type', 'at', 'purpose', 'key']],
  ['era', ['type', 'at', 'era', 'epoch', 'previous']],
]);
const ERA = { required: ['era', 'epoch', 'tree_size', 'root_hash'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
const RESULT = /^(?:pass|fail)$/;
const PURPOSE = /^(?:root|passport|status|evidence)$/;

/** The text of a leaf: the RFC 8785 form of an entry. Its bytes are that text in UTF-8. */
export function leafOf(entry: LogEntry): string {
  return canonicalize(entry);
}

/**
 * Reads a leaf: RFC 8785 form, exact members of its type, formats. Frozen. What an entry says is the authority's word, whether or not it is in the log.
 *
 * Throws `McpsError` `log_proof_invalid`.
 */
export function readLeaf(leaf: string): LogEntry {
  const value = parseLeaf(leaf);
  const type = isObject(value) ? member(value, 'type') : undefined;
  const required = ENTRIES.get(type);
  if (required === undefined) throw new McpsError('log_proof_invalid');
  const members: Members = new Members(value, { required }, 'log_proof_invalid');
  members.timestamp('at');
  if (required.includes('passport_digest')) checkPassport(members);
  if (required.includes('supersedes')) checkId(members, 'supersedes');
  if (type === 'revoked') members.text('reason');
  if (required.includes('epoch')) members.integer('epoch', 0, Number.MAX_SAFE_INTEGER);
  if (required.includes('report_digest')) {
    members.matching('result', RESULT);
    members.matching('report_digest', SHA256_HEX);
  }
  if (type === 'key') {
    members.matching('purpose', PURPOSE);
    members.matching('key', THUMBPRINT);
  }
  if (type === 'era') checkEra(members);
  // Every member has been checked, and the text belongs to nobody but us.
  return deepFreeze(value) as LogEntry;
}

function parseLeaf(leaf: string): unknown {
  try {
    const value: unknown = parseJson(leaf, { maxDepth: 3, maxKeys: 32, maxBytes: MAX_LEAF_BYTES });
    // One entry has one leaf: in any other spelling it would have another hash, and could be in the log twice.
    if (canonicalize(value) === leaf) return value;
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
  }
  throw new McpsError('log_proof_invalid');
}

function checkPassport(members: Members): void {
  checkId(members, 'passport_id');
  members.matching('passport_digest', SHA256_HEX);
}

function checkId(members: Members, name: string): void {
  if (!isPassportId(members.value(name))) members.fail();
}

function checkEra(members: Members): void {
  members.integer('era', 1, Number.MAX_SAFE_INTEGER);
  const previous: Members = new Members(members.value('previous'), ERA, 'log_proof_invalid');
  previous.integer('era', 1, Number.MAX_SAFE_INTEGER);
  previous.integer('epoch', 0, Number.MAX_SAFE_INTEGER);
  readRoot(previous);
}
