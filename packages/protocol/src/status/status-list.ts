import { CryptoError, canonicalize, canonicalizeToBytes, parseJson } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { isPassportId } from '../passport/passport-id.js';
import { contextBytes } from '../signing-context/index.js';
import { parseTimestamp } from '../time/index.js';

/** One revoked passport. */
export interface RevokedPassport {
  readonly passport_id: string;
  readonly reason: string;
  /** RFC 3339, UTC. */
  readonly revoked_at: string;
  /** When the passport expires, RFC 3339, UTC: from then on the entry may be left out. */
  readonly passport_expires_at: string;
}

/** The log of an authority's statements at the time of a list (RFC 9162 hashing): what the list must be consistent with. */
export interface StatusListTreeHead {
  readonly tree_size: number;
  /** Lower-case hex. */
  readonly root_hash: string;
}

/** All passports below an anchor, directly issued or not, that are revoked and not yet expired. Exactly these members. */
export interface StatusList {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Grows with every list of this issuer. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** By when the next list is there and this one no longer counts; RFC 3339, UTC. */
  readonly next_update: string;
  readonly revoked: readonly RevokedPassport[];
  readonly tree_head?: StatusListTreeHead;
  /** Standard base64 of the ES256 signature under the context `status-list` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

/** A list in any form that it may come in: its JSON text, that text in UTF-8, or the parsed object. */
export type StatusListSource = string | Uint8Array | StatusList | object;

/** The largest list that is read, bytes of JSON. */
const MAX_STATUS_LIST_BYTES = 64 * 1024 * 1024;

/** The most entries of a list. */
export const MAX_REVOKED = 250_000;

const LIST = {
  required: ['issuer', 'number', 'issued_at', 'next_update', 'revoked', 'signature'],
  optional: ['tree_head'],
};
const REVOKED = { required: ['passport_id', 'reason', 'revoked_at', 'passport_expires_at'] };
const TREE_HEAD = { required: ['tree_size', 'root_hash'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;
const LIMITS = { maxDepth: 8, maxKeys: 8 + MAX_REVOKED * 4, maxBytes: MAX_STATUS_LIST_BYTES };

/**
 * Reads a status list: exact members, types and formats, an end after its beginning. Nothing is verified. The result is a copy, frozen in depth.
 *
 * Throws `McpsError` `status_invalid`.
 */
export function readStatusList(source: StatusListSource): StatusList {
  const members: Members = new Members(privateCopy(source), LIST, 'status_invalid');
  const list = {
    issuer: members.text('issuer'),
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    issued_at: members.timestamp('issued_at'),
    next_update: members.timestamp('next_update'),
    revoked: members.list('revoked', MAX_REVOKED).map(readRevoked),
    ...(members.has('tree_head') ? { tree_head: readTreeHead(members.value('tree_head')) } : {}),
    signature: members.signature('signature'),
  };
  if (parseTimestamp(list.next_update) <= parseTimestamp(list.issued_at)) members.fail();
  return deepFreeze(list);
}

/** The bytes that a status key signs: the RFC 8785 form of all members but `signature`, under the context `status-list`. */
export function statusListSigningInput(
  list: Omit<StatusList, 'signature'> & { readonly signature?: string },
): Uint8Array {
  const { signature: _signature, ...rest } = list;
  return contextBytes('status-list', canonicalizeToBytes(rest));
}

function readRevoked(value: unknown): RevokedPassport {
  const members: Members = new Members(value, REVOKED, 'status_invalid');
  const passportId = members.value('passport_id');
  if (!isPassportId(passportId)) members.fail();
  return {
    passport_id: passportId,
    reason: members.text('reason'),
    revoked_at: members.timestamp('revoked_at'),
    passport_expires_at: members.timestamp('passport_expires_at'),
  };
}

function readTreeHead(value: unknown): StatusListTreeHead {
  const members: Members = new Members(value, TREE_HEAD, 'status_invalid');
  return {
    tree_size: members.integer('tree_size', 0, Number.MAX_SAFE_INTEGER),
    root_hash: members.matching('root_hash', SHA256_HEX),
  };
}

function privateCopy(source: StatusListSource): unknown {
  try {
    // A text is nobody's but ours; an object is copied, so that it cannot change while its signature is verified.
    const text = typeof source === 'string' || source instanceof Uint8Array ? source : canonicalize(source, LIMITS);
    return parseJson(text, LIMITS);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('status_invalid', {}, { cause: error });
  }
}
