import { appendFileSync } from 'node:fs';
import { auditTrail } from '@mcps/audit';
import type { AuditRecord, AuditTrailOptions, TrailHead } from '@mcps/audit';
import { importPrivateKey } from '@mcps/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace } from '../support/mcps.js';

let work: Workspace;
let heads: TrailHead[];

/** Lines: checkpoint `open`, entries 1-4, checkpoint, entries 5-8, checkpoint, entries 9 and 10, checkpoint `close`. */
async function writeTrail(options: Partial<AuditTrailOptions> = {}): Promise<void> {
  const key = await importPrivateKey(work.read('k.pem'));
  heads = [];
  const onCheckpoint = (head: TrailHead): void => void heads.push(head);
  const trail = await auditTrail(work.file('trail.jsonl'), { key, checkpointEvery: 4, onCheckpoint, ...options });
  for (let number = 1; number <= 10; number += 1) await trail.write([recordOf(number)]);
  await trail.close();
}

function recordOf(number: number): AuditRecord {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString();
  const common = { time, role: 'server', kind: 'request', method: 'tools/call', id: number } as const;
  return number === 7
    ? { ...common, event: 'message.refused', decision: 'refused', code: 'MCPS-004', reason: 'signature_invalid' }
    : { ...common, event: 'message.accepted', decision: 'accepted', level: 2 };
}

beforeEach(async () => {
  work = new Workspace();
  await work.json(['keygen', '--out', 'k.pem', '--public-out', 'k.pub']);
  await writeTrail();
});
afterEach(() => work.remove());

const VERIFY = ['audit', 'verify', 'trail.jsonl', '--key', 'k.pub'];
const edit = (change: (lines: string[]) => readonly string[]): void => {
  const lines = work.read('trail.jsonl').split('\n').slice(0, -1);
  work.write(
    'trail.jsonl',
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
    0o600,
  );
};
const moved = (lines: string[]): string[] => {
  const [third = ''] = lines.splice(2, 1);
  return lines.toSpliced(3, 0, third);
};

describe('mcps audit verify', () => {
  it('verifies a trail, and tells of its lines and decisions', async () => {
    expect(await work.json(VERIFY)).toMatchObject({
      valid: true,
      entries: 10,
      checkpoints: 4,
      closed: true,
      unsignedEntries: 0,
      decisions: { accepted: 9, refused: 1, acceptedCalls: 9 },
    });
    const { code, stdout, stderr } = await work.run(VERIFY);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^valid +\S+\n/);
    expect(stdout).toMatch(/^tool calls +9 accepted$/m);
  });

  it('takes the key of an identity, of several keys any, and keys as JWK', async () => {
    await work.json(['init']);
    const key = await importPrivateKey(work.readJson('mcps/server.json').privateKey);
    const trail = await auditTrail(work.file('other.jsonl'), { key });
    await trail.close();
    expect(await work.json(['audit', 'verify', 'other.jsonl', '--identity', 'mcps/server.json'])).toMatchObject({
      valid: true,
    });
    await work.json([...VERIFY, '--identity', 'mcps/agent.json']);
    work.write('k.json', work.readJson('mcps/server.json').passport.public_key);
    await work.json(['audit', 'verify', 'other.jsonl', '--key', 'k.json']);
  });

  const tampered: readonly [string, (lines: string[]) => readonly string[], string, number][] = [
    ['a changed entry', (lines) => lines.map((line) => line.replace('"level":2', '"level":4')), 'hash_mismatch', 2],
    ['a deleted entry', (lines) => lines.toSpliced(2, 1), 'sequence_gap', 3],
    ['an inserted entry', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), 'sequence_repeated', 3],
    ['entries in another order', moved, 'sequence_gap', 3],
    ['a half last line', (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)], 'line_malformed', 14],
  ];
  for (const [name, change, reason, line] of tampered) {
    it(`finds ${name}, and says where`, async () => {
      edit(change);
      const failure = await work.failure(VERIFY);
      expect(failure).toMatchObject({ exit: 1, code: 'audit', reason, file: 'trail.jsonl', line, stdout: '' });
      const { stderr } = await work.run(VERIFY);
      expect(stderr).toContain(`(trail.jsonl, line ${line})`);
    });
  }

  it('finds a line that was appended without an end', async () => {
    appendFileSync(work.file('trail.jsonl'), '{"half');
    expect(await work.failure(VERIFY)).toMatchObject({ exit: 1, reason: 'truncated', line: 15 });
  });

  it('finds a truncated end with the expected head, and warns without one', async () => {
    const last = heads.at(-1);
    const head = `${last?.seq}:${last?.hash}`;
    work.write('head.json', { ...last });
    for (const expected of [head, 'head.json']) await work.json([...VERIFY, '--expect-head', expected]);
    edit((lines) => lines.slice(0, 11));
    expect(await work.json(VERIFY)).toMatchObject({ valid: true, closed: false, entries: 8 });
    expect((await work.run(VERIFY)).stderr).toContain('cut off');
    for (const expected of [head, 'head.json']) {
      expect(await work.failure([...VERIFY, '--expect-head', expected])).toMatchObject({
        exit: 1,
        reason: 'truncated',
      });
    }
    const forged = `${heads[1]?.seq}:${'0'.repeat(64)}`;
    expect(await work.failure([...VERIFY, '--expect-head', forged])).toMatchObject({
      exit: 1,
      reason: 'head_mismatch',
    });
  });

  it('counts lines behind the last checkpoint as signed by nobody', async () => {
    edit((lines) => lines.slice(0, 13));
    expect(await work.json(VERIFY)).toMatchObject({ unsignedEntries: 2 });
    expect((await work.run(VERIFY)).stderr).toContain('2 entries at the end are not signed');
  });

  it('follows the older files of a trail, in any form they are named', async () => {
    const first = await work.json(VERIFY);
    await writeTrail({ maxBytes: 1500 });
    const whole = await work.json(VERIFY);
    expect(whole).toMatchObject({ trail: first.trail, entries: 20, startsMidway: false, interruptions: 0 });
    const names = ['trail.jsonl'];
    while (names.length < 20 && (await exists(`trail.jsonl.${names.length}`)))
      names.push(`trail.jsonl.${names.length}`);
    expect(names.length).toBeGreaterThan(2);
    const oldestFirst = names.toReversed();
    expect(await work.json(['audit', 'verify', ...oldestFirst, '--key', 'k.pub'])).toEqual(whole);
    const without = oldestFirst.toSpliced(1, 1);
    expect(await work.failure(['audit', 'verify', ...without, '--key', 'k.pub'])).toMatchObject({
      exit: 1,
      reason: 'sequence_gap',
      line: 1,
    });
  });

  it('refuses a trail that another key has signed', async () => {
    await work.json(['keygen', '--out', 'o.pem', '--public-out', 'o.pub']);
    expect(await work.failure(['audit', 'verify', 'trail.jsonl', '--key', 'o.pub'])).toMatchObject({
      exit: 1,
      reason: 'checkpoint_key_unknown',
      line: 1,
    });
  });

  it('refuses what is no trail, and tells apart what cannot be read', async () => {
    work.write('plain.jsonl', '{"event":"message.accepted"}\n');
    work.write('empty.jsonl', '');
    const of = (file: string) => work.failure(['audit', 'verify', file, '--key', 'k.pub']);
    expect(await of('plain.jsonl')).toMatchObject({ exit: 1, reason: 'line_malformed', line: 1 });
    expect(await of('empty.jsonl')).toMatchObject({ exit: 1, reason: 'trail_empty' });
    expect(await of('missing.jsonl')).toMatchObject({ exit: 2, reason: 'file_unreadable' });
    expect(await work.failure(['audit', 'verify', 'trail.jsonl'])).toMatchObject({ exit: 2, reason: 'option_missing' });
    expect(await work.failure([...VERIFY, '--expect-head', '3:abc'])).toMatchObject({ exit: 2 });
  });
});

async function exists(name: string): Promise<boolean> {
  return Promise.resolve()
    .then(() => work.read(name))
    .then(
      () => true,
      () => false,
    );
}
