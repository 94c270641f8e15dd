import { stat } from 'node:fs/promises';
import { AuditTrailError, auditTrailFiles, verifyAuditTrail } from '@mcps/audit';
import type { AuditDecision, TrailHead, VerifiedAuditTrail } from '@mcps/audit';
import type { PublicKey } from '@mcps/crypto';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { progressBar } from '../output/progress.js';
import type { CliProcess } from '../process.js';
import { nextStepOfFault } from './trail-faults.js';

/** How many records of a trail tell of which decision. */
export interface Decisions extends Record<AuditDecision, number> {
  /** Requests `tools/call` that were accepted. */
  acceptedCalls: number;
}

export interface TrailExpectation {
  readonly keys: readonly PublicKey[];
  readonly expectedHead: TrailHead | undefined;
}

/**
 * Verifies a trail, with a bar on a terminal.
 *
 * @param files one file, whose older ones are found beside it, or all of them, the oldest first
 * @throws CliError `audit` with the fault for its reason, its file and line; exit status 2 where a file cannot be read, otherwise 1
 */
export async function verifyTrail(
  files: readonly string[],
  { keys, expectedHead }: TrailExpectation,
  process: CliProcess,
  json: boolean,
): Promise<{ readonly trail: VerifiedAuditTrail; readonly decisions: Decisions }> {
  const bar = progressBar(process, json);
  const decisions: Decisions = { accepted: 0, refused: 0, reported: 0, noticed: 0, acceptedCalls: 0 };
  try {
    const [only = ''] = files;
    const paths = files.length === 1 ? auditTrailFiles(only) : files;
    const total = await sizeOf(paths);
    const trail = await verifyAuditTrail(paths, {
      keys,
      ...(expectedHead === undefined ? {} : { expectedHead }),
      // A trail may grow meanwhile.
      onProgress: (_lines, bytes) => bar.update(Math.min(bytes, total), total),
      onRecord: (record) => count(decisions, record),
    });
    return { trail, decisions };
  } catch (error) {
    throw error instanceof AuditTrailError ? faultOf(error) : error;
  } finally {
    bar.end();
  }
}

function count(decisions: Decisions, { event, decision, kind, method }: Readonly<Record<string, unknown>>): void {
  if (decision === 'accepted' || decision === 'refused' || decision === 'reported' || decision === 'noticed')
    decisions[decision] += 1;
  if (event === 'message.accepted' && kind === 'request' && method === 'tools/call') decisions.acceptedCalls += 1;
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  // What cannot be read is told of by the verification, as a fault of that file.
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function faultOf(error: AuditTrailError): CliError {
  const { code, file, line } = error;
  const where = file === undefined ? '' : ` (${file}${line === undefined ? '' : `, line ${line}`})`;
  const isUnreadable = code === 'file_unreadable';
  return new CliError(
    'audit',
    isUnreadable ? `The trail cannot be read${where}.` : `The trail does not verify${where}.`,
    {
      reason: code,
      nextStep: nextStepOfFault(code),
      exitCode: isUnreadable ? EXIT.usage : EXIT.refused,
      place: { file, line },
      cause: error,
    },
  );
}
