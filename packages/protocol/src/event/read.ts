import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { SMALL_STATEMENT, privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { readRevokedPassport } from '../status-list/revoked-passport.js';
import type { AuthorityEvent, EventType } from './types.js';

const EVENT = {
  required: ['authority', 'era', 'epoch', 'id', 'type', 'produced_at', 'list_number', 'signature'],
  optional: ['revocation'],
};
const TYPES: ReadonlySet<unknown> = new Set<EventType>(['revocation', 'heartbeat', 'key-set']);

/**
 * Reads an event: exact members, types and formats, a revocation where and only where it tells of one, and the id that era and epoch make. Nothing is verified;
 * frozen. Throws `McpsError` `status_invalid`.
 */
export function readAuthorityEvent(source: StatementSource): AuthorityEvent {
  const members: Members = new Members(privateCopy(source, SMALL_STATEMENT, 'status_invalid'), EVENT, 'status_invalid');
  const type = members.value('type');
  if (!isEventType(type)) members.fail();
  const isRevocation = type === 'revocation';
  if (members.has('revocation') !== isRevocation) members.fail();
  const era = members.integer('era', 1, Number.MAX_SAFE_INTEGER);
  const epoch = members.integer('epoch', isRevocation ? 1 : 0, Number.MAX_SAFE_INTEGER);
  const id = `${era}.${epoch}`;
  if (members.value('id') !== id) members.fail();
  return deepFreeze({
    authority: members.text('authority'),
    era,
    epoch,
    id,
    type,
    produced_at: members.timestamp('produced_at'),
    ...(isRevocation ? { revocation: readRevokedPassport(members.value('revocation'), 'status_invalid') } : {}),
    list_number: members.integer('list_number', 0, Number.MAX_SAFE_INTEGER),
    signature: members.signature('signature'),
  });
}

function isEventType(value: unknown): value is EventType {
  return TYPES.has(value);
}
