import { readFileSync, writeFileSync } from 'node:fs';
import { canonicalize } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { generateKeyPairSync } from '@mcps/crypto/node';
import { auditRecordOf, auditTrail, verifyAuditTrail } from '../../src/index.js';
import type { AuditTrailOptions, TrailHead, VerifiedAuditTrail } from '../../src/index.js';
import { hashOf } from '../../src/trail/trail-line.js';
import type { TrailLine } from '../../src/trail/trail-line.js';
import { numbered } from './events.js';

export const WRITER: { privateKey: PrivateKey; publicKey: PublicKey } = generateKeyPairSync();
export const STRANGER = generateKeyPairSync();

/** Writes entries in one session of a writer. */
export async function writeTrail(
  path: string,
  { count = 10, first = 0, ...options }: Partial<AuditTrailOptions> & { count?: number; first?: number } = {},
): Promise<TrailHead[]> {
  const heads: TrailHead[] = [];
  const onCheckpoint = (head: TrailHead): unknown => heads.push(head);
  const trail = await auditTrail(path, { key: WRITER.privateKey, checkpointEvery: 4, onCheckpoint, ...options });
  for (const event of numbered(count, first)) await trail.write([auditRecordOf(event)]);
  await trail.close();
  return heads;
}

export const verified = (paths: string | readonly string[], expectedHead?: TrailHead): Promise<VerifiedAuditTrail> =>
  verifyAuditTrail(paths, { keys: [WRITER.publicKey], ...(expectedHead === undefined ? {} : { expectedHead }) });

/** The lines of a file, parsed. */
export const linesIn = (path: string): TrailLine[] => textsIn(path).map((line) => JSON.parse(line) as TrailLine);
export const textsIn = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
export const putTexts = (path: string, texts: readonly string[]): void =>
  writeFileSync(path, texts.map((text) => `${text}\n`).join(''));

/** What somebody without the key can do: numbers, links and hashes made anew from a line on. */
export function rechained(lines: readonly TrailLine[]): string[] {
  let before: TrailLine | undefined;
  return lines.map((line) => {
    const moved: TrailLine = before === undefined ? line : { ...line, seq: before.seq + 1, prev: before.hash };
    before = { ...moved, hash: hashOf(moved) };
    return canonicalize(before);
  });
}
