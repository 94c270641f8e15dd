import { z } from '@hono/zod-openapi';
import { HexDigest, PassportId, Signature, Timestamp, TreeHeadReference } from './common.js';

export const StatusStatement = z
  .object({
    authority: z.string(),
    passport_id: PassportId,
    passport_digest: HexDigest.nullable().openapi({ description: 'Null exactly where the status is UNKNOWN.' }),
    status: z.enum(['VALID', 'REVOKED', 'EXPIRED', 'UNKNOWN']),
    reason: z.string().optional(),
    revoked_at: Timestamp.optional(),
    epoch: z.int(),
    produced_at: Timestamp,
    expires_at: Timestamp,
    tree_head: TreeHeadReference,
    signature: Signature,
  })
  .openapi('StatusStatement');

const RevokedPassport = z
  .object({ passport_id: PassportId, reason: z.string(), revoked_at: Timestamp, passport_expires_at: Timestamp })
  .openapi('RevokedPassport');

const listMembers = {
  issuer: z.string(),
  number: z.int(),
  epoch: z.int(),
  issued_at: Timestamp,
  next_update: Timestamp,
  tree_head: TreeHeadReference.optional(),
  signature: Signature,
};

export const StatusList = z.object({ ...listMembers, revoked: z.array(RevokedPassport) }).openapi('StatusList');

export const StatusListDelta = z
  .object({ ...listMembers, from_number: z.int(), added: z.array(RevokedPassport), list_signature: Signature })
  .openapi('StatusListDelta');

export const StatusBitmap = z
  .object({ ...listMembers, size: z.int(), bits: z.string() })
  .openapi('StatusBitmap', { description: 'Bit i is the passport with status index i.' });

export const TreeHead = z
  .object({
    authority: z.string(),
    era: z.int(),
    epoch: z.int(),
    tree_size: z.int(),
    root_hash: HexDigest,
    timestamp: Timestamp,
    signature: Signature,
  })
  .openapi('TreeHead');

export const InclusionProof = z
  .object({ leaf: z.string(), leaf_index: z.int(), tree_size: z.int(), path: z.array(HexDigest) })
  .openapi('InclusionProof', { description: 'RFC 9162, section 2.1.3.' });

export const ConsistencyProof = z
  .object({ from_size: z.int(), to_size: z.int(), path: z.array(HexDigest) })
  .openapi('ConsistencyProof', { description: 'RFC 9162, section 2.1.4.' });

export const LogEntries = z
  .object({ entries: z.array(z.object({ index: z.int(), leaf: z.string(), timestamp: Timestamp })) })
  .openapi('LogEntries');

export const AuthorityEvent = z
  .object({
    authority: z.string(),
    era: z.int(),
    epoch: z.int(),
    id: z.string(),
    type: z.enum(['revocation', 'heartbeat', 'key-set']),
    produced_at: Timestamp,
    revocation: RevokedPassport.optional(),
    list_number: z.int(),
    signature: Signature,
  })
  .openapi('AuthorityEvent');

export const EventPage = z.object({ events: z.array(AuthorityEvent) }).openapi('EventPage');
