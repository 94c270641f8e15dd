import { AuditError, AuditTrailError, auditTrail, createAuditLog, jsonLinesFile } from '@mcps/audit';
import type { AuditLog, AuditRecordSink } from '@mcps/audit';
import type { PrivateJwk } from '@mcps/crypto';
import { UsageError } from '../errors/cli-error.js';
import { importKey } from '../keys/private-key.js';
import type { AuditSettings } from './settings.js';

/**
 * Opens what every decision is written to: a tamper-evident trail, signed with the key of the identity, or a plain file. Lines are written synchronously: an event
 * is in the file before the message that it tells of goes any further.
 *
 * @param report told once of each kind of fault of the file
 * @throws UsageError where the file cannot be opened, or not as what it is; CliError `key`; ConfigurationError for a key that signs no trails.
 */
export async function openAudit(
  { file, format, headFile }: AuditSettings,
  privateKey: PrivateJwk | string,
  report: (error: Error) => void,
): Promise<AuditLog> {
  const told = new Set<string>();
  const onError = (error: AuditError): void => {
    if (!told.has(error.code)) report(new Error(`The audit file fails: ${error.message}`, { cause: error.cause }));
    told.add(error.code);
  };
  const openTrail = async (): Promise<AuditRecordSink> =>
    auditTrail(file, {
      key: await importKey(privateKey),
      durability: 'sync',
      onError,
      ...(headFile === undefined ? {} : { headFile }),
    });
  try {
    const sink = format === 'trail' ? await openTrail() : jsonLinesFile(file, { durability: 'sync' });
    return createAuditLog({ sinks: [sink], onError });
  } catch (error) {
    throw error instanceof AuditError ? unopened(error) : error;
  }
}

function unopened(error: AuditError): UsageError {
  const nextStep = {
    trail_locked:
      'Give each command that runs at the same time a file of its own. A lock of a machine that is gone has to be deleted by hand.',
    trail_unreadable: 'Keep the file as evidence, and name another. Was it written with "--audit-format jsonl"?',
    trail_behind_head:
      'Lines that were there are missing, or the file is another trail: keep it as evidence, and name another and another head.',
  }[error.code as string];
  const place = error.cause instanceof AuditTrailError ? { file: error.cause.file, line: error.cause.line } : undefined;
  return new UsageError(`The audit file cannot be opened: ${error.message}`, {
    reason: error.code,
    nextStep: nextStep ?? 'Check the name of the file, and whether you may write it.',
    cause: error,
    ...(place === undefined ? {} : { place }),
  });
}
