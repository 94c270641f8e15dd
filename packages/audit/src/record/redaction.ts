import { ConfigurationError } from '@mcps/protocol';
import type { AuditRecord, RedactableMember } from './audit-record.js';
import { REDACTABLE_MEMBERS } from './audit-record.js';

const REDACTED = '[redacted]';

/**
 * Replaces the values of some members by `[redacted]`; members that are absent stay so.
 *
 * @throws ConfigurationError `option_invalid` for a name outside `REDACTABLE_MEMBERS`: a misspelt one would leave a value readable.
 */
export function redaction(members: readonly RedactableMember[]): (record: AuditRecord) => AuditRecord {
  for (const member of members)
    if (!REDACTABLE_MEMBERS.includes(member))
      throw new ConfigurationError('option_invalid', 'The option `redact` names a member that cannot be redacted.');
  const hidden = [...members];
  return (record) => {
    const replaced = hidden.filter((name) => record[name] !== undefined).map((name) => [name, REDACTED]);
    return replaced.length === 0 ? record : { ...record, ...(Object.fromEntries(replaced) as Partial<AuditRecord>) };
  };
}
