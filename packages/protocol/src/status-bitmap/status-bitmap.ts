import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { parseTimestamp } from '../time/index.js';
import { readTreeHeadReference } from '../tree-head/reference.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { MAX_BITMAP_SIZE, byteLength } from './status-bits.js';

/**
 * A status list in its compact form, for very many passports: one bit for each, by the `ext.status_index` that its authority gave it. It states the same set as
 * the list of the same issuer and number. Exactly these members.
 */
export interface StatusBitmap {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Grows with every bitmap of this issuer. */
  readonly number: number;
  /** How many passports below this anchor have ever been revoked. Never falls. */
  readonly epoch: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** By when the next bitmap is there and this one no longer counts; RFC 3339, UTC. */
  readonly next_update: string;
  /** How many passports it tells of: those with an index below this. 0 to 134,217,728. */
  readonly size: number;
  /** Standard base64 of the bits, compressed in the ZLIB format (RFC 1950). Bit i, the lowest of a byte first, is set where passport i is revoked. */
  readonly bits: string;
  readonly tree_head: TreeHeadReference;
  /** Standard base64 of the ES256 signature under the context `status-bitmap` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

const BITMAP = {
  required: ['issuer', 'number', 'epoch', 'issued_at', 'next_update', 'size', 'bits', 'tree_head', 'signature'],
};
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const LIMITS = { maxDepth: 2, maxKeys: 16, maxBytes: 24 * 1024 * 1024 };

/** What compression can add to bits that cannot be compressed, with a wide margin. */
const MAX_OVERHEAD_BYTES = 1024;

/**
 * Reads a bitmap: exact members, types and formats, an end after its beginning, no more compressed bits than such a size can need. Nothing is verified or
 * decompressed; frozen. Throws `McpsError` `status_invalid`.
 */
export function readStatusBitmap(source: StatementSource): StatusBitmap {
  const members: Members = new Members(privateCopy(source, LIMITS, 'status_invalid'), BITMAP, 'status_invalid');
  const bitmap = {
    issuer: members.text('issuer'),
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    epoch: members.integer('epoch', 0, Number.MAX_SAFE_INTEGER),
    issued_at: members.timestamp('issued_at'),
    next_update: members.timestamp('next_update'),
    size: members.integer('size', 0, MAX_BITMAP_SIZE),
    bits: members.matching('bits', BASE64),
    tree_head: readTreeHeadReference(members.value('tree_head'), 'status_invalid'),
    signature: members.signature('signature'),
  };
  const maxBytes = byteLength(bitmap.size) * 1.01 + MAX_OVERHEAD_BYTES;
  if (bitmap.bits.length > (maxBytes * 4) / 3) members.fail();
  if (parseTimestamp(bitmap.next_update) <= parseTimestamp(bitmap.issued_at)) members.fail();
  return deepFreeze(bitmap);
}
