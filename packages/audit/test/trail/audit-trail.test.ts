import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { sign } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import {
  auditRecordOf,
  auditTrail,
  auditTrailFiles,
  createAuditLog,
  readTrailHead,
  verifyAuditTrail,
} from '../../src/index.js';
import { isCheckpoint } from '../../src/trail/trail-line.js';
import { numbered } from '../support/events.js';
import { temporaryFolder } from '../support/folder.js';
import { STRANGER, WRITER, linesIn, putTexts, rechained, textsIn, verified, writeTrail } from '../support/trail.js';

const at = temporaryFolder();
const record = (id: number) => auditRecordOf(numbered(1, id)[0]!);
const kindsIn = (path: string): string[] =>
  linesIn(path).map((line) => (isCheckpoint(line) ? line.checkpoint.kind : 'entry'));

describe('a trail', () => {
  it('is JSON Lines with a checkpoint at its beginning, after so many entries, and at its end', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path, { count: 6 });
    expect(kindsIn(path)).toEqual(['open', 'entry', 'entry', 'entry', 'entry', 'interval', 'entry', 'entry', 'close']);
    expect(linesIn(path)[1]).toMatchObject({ seq: 2, record: record(0) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await verified(path)).toEqual({
      trail: linesIn(path)[0]?.trail,
      entries: 6,
      checkpoints: 3,
      firstSeq: 1,
      lastSeq: 9,
      signedThrough: 9,
      unsignedEntries: 0,
      closed: true,
      startsMidway: false,
      interruptions: 0,
      cutBytes: 0,
      lostEvents: 0,
    });
  });

  it('is the same whether entries come one by one or in batches', async () => {
    const path = at('trail.jsonl');
    const trail = await auditTrail(path, { key: WRITER.privateKey, checkpointEvery: 4 });
    await trail.write(numbered(10).map(auditRecordOf));
    await trail.close();
    expect(kindsIn(path).join(' ')).toBe(
      'open entry entry entry entry interval entry entry entry entry interval entry entry close',
    );
  });

  it('goes on after a restart, and after a crash', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path, { count: 2 });
    await writeTrail(path, { count: 2, first: 2 });
    expect(await verified(path)).toMatchObject({ entries: 4, closed: true, interruptions: 0 });
    // A crash: the close is missing, and a line is torn.
    putTexts(path, textsIn(path).slice(0, -1));
    appendFileSync(path, '{"hash":"01');
    await expect(verified(path)).rejects.toMatchObject({ code: 'truncated', line: 8 });
    await writeTrail(path, { count: 1, first: 4 });
    expect(linesIn(path)[7]).toMatchObject({ checkpoint: { kind: 'open', cut: 11 } });
    expect(await verified(path)).toMatchObject({ entries: 5, interruptions: 1, cutBytes: 11, closed: true });
  });

  it('is signed by a key that lives elsewhere as well', async () => {
    const path = at('trail.jsonl');
    const signer: Signer = {
      format: 'p1363',
      publicKey: WRITER.publicKey,
      sign: async (data) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return sign(WRITER.privateKey, data);
      },
    };
    const trail = await auditTrail(path, { key: signer, checkpointEvery: 2 });
    await Promise.all([0, 1, 2, 3, 4].map((id) => trail.write([record(id)])));
    await trail.close();
    expect(kindsIn(path).join(' ')).toBe('open entry entry interval entry entry interval entry close');
    expect(await verified(path)).toMatchObject({ entries: 5 });
  });

  it('keeps entries while the signer is away, and says how many are not signed', async () => {
    const path = at('trail.jsonl');
    let isAway = false;
    const signer: Signer = {
      format: 'p1363',
      publicKey: WRITER.publicKey,
      sign: (data) => (isAway ? Promise.reject(new Error('away')) : sign(WRITER.privateKey, data)),
    };
    const errors: string[] = [];
    const options = {
      key: signer,
      checkpointEvery: 2,
      maxBytes: 1500,
      onError: ({ code }: { code: string }) => errors.push(code),
    };
    const trail = await auditTrail(path, options);
    isAway = true;
    for (let id = 0; id < 5; id += 1) await trail.write([record(id)]);
    expect(await verified(path)).toMatchObject({ entries: 5, unsignedEntries: 5, signedThrough: 1, closed: false });
    expect(errors.length).toBeGreaterThan(1);
    isAway = false;
    await trail.write([record(5)]);
    await trail.close();
    expect(await verified(path)).toMatchObject({ entries: 6, unsignedEntries: 0 });
  });

  it('makes a checkpoint after a time, too', async () => {
    const path = at('trail.jsonl');
    const trail = await auditTrail(path, { key: WRITER.privateKey, checkpointSeconds: 1 });
    await trail.write([record(0)]);
    expect(await verified(path)).toMatchObject({ unsignedEntries: 1 });
    await expect.poll(() => kindsIn(path), { timeout: 20_000 }).toEqual(['open', 'entry', 'interval']);
    await trail.close();
  });

  it('is rotated between two lines, and every file begins with a checkpoint', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path, { count: 40, maxBytes: 3000, maxFiles: 50 });
    const files = auditTrailFiles(path);
    expect(files.length).toBeGreaterThan(4);
    expect(files.map((file) => kindsIn(file)[0])).toEqual(['open', ...files.slice(1).map(() => 'rotate')]);
    expect(await verified(path)).toMatchObject({ entries: 40, startsMidway: false, closed: true });
    expect(await verified(files)).toMatchObject({ entries: 40 });
  });

  it('verifies without its first files, and says so', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path, { count: 40, maxBytes: 3000, maxFiles: 2 });
    expect(readdirSync(dirname(path)).sort()).toEqual(['trail.jsonl', 'trail.jsonl.1', 'trail.jsonl.2']);
    const result = await verified(path);
    expect(result).toMatchObject({ startsMidway: true, closed: true });
    expect(result.entries).toBeLessThan(40);
  });

  it('goes on where a crash has left a rotation half done', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path, { count: 40, maxBytes: 3000, maxFiles: 50 });
    const files = auditTrailFiles(path);
    rmSync(files.at(-1)!);
    for (const left of ['', '{"torn']) {
      writeFileSync(path, left);
      await writeTrail(path, { count: 1, maxBytes: 3000, maxFiles: 50 });
      expect(await verified(path)).toMatchObject({ closed: true, startsMidway: false });
      rmSync(path);
    }
  });

  it('takes lines before the call goes on, with durability sync', async () => {
    const path = at('trail.jsonl');
    const trail = await auditTrail(path, { key: WRITER.privateKey, durability: 'sync', checkpointEvery: 2 });
    const log = createAuditLog({ sinks: [trail] });
    for (const event of numbered(3)) log.sink(event);
    expect(kindsIn(path)).toEqual(['open', 'entry', 'entry', 'interval', 'entry']);
    expect(await log.close()).toEqual({ lost: 0, unwritten: [] });
    expect(await verified(path)).toMatchObject({ entries: 3, closed: true });
  });

  it('tells its head at every checkpoint, in a file and to a function', async () => {
    const path = at('trail.jsonl');
    const headFile = at('head.json');
    const heads = await writeTrail(path, { count: 5, headFile });
    expect(heads.map(({ seq }) => seq)).toEqual([1, 6, 8]);
    expect(readTrailHead(headFile)).toEqual(heads.at(-1));
    expect(readFileSync(headFile, 'utf8').trimEnd()).toBe(textsIn(path).at(-1));
    for (const head of heads) await verified(path, head);
  });

  it('goes on without the place of its head, and says that it is not kept', async () => {
    const path = at('trail.jsonl');
    const errors: string[] = [];
    await writeTrail(path, { count: 1, headFile: at('missing/head.json'), onError: ({ code }) => errors.push(code) });
    expect(errors).toEqual(['head_not_kept', 'head_not_kept']);
    expect(await verified(path)).toMatchObject({ entries: 1 });
  });

  it.each([
    ['nothing that signs', { key: {} as never }, 'option_missing'],
    [
      'a signer without its key',
      { key: { format: 'p1363', sign: () => Promise.resolve('') } as never },
      'option_missing',
    ],
    ['no interval', { checkpointEvery: 0 }, 'option_invalid'],
    [
      'sync with a signer',
      {
        key: { format: 'p1363', publicKey: WRITER.publicKey, sign: () => Promise.resolve('') } as never,
        durability: 'sync' as const,
      },
      'option_invalid',
    ],
  ])('refuses %s', async (_, options, code) => {
    await expect(auditTrail(at('trail.jsonl'), { key: WRITER.privateKey, ...options })).rejects.toMatchObject({ code });
    expect(readdirSync(dirname(at('x')))).toEqual([]);
  });
});

describe('a writer that goes on with a trail', () => {
  it('refuses one that was cut before its head, or replaced', async () => {
    const path = at('trail.jsonl');
    const headFile = at('head.json');
    await writeTrail(path, { count: 6, headFile });
    const whole = textsIn(path);
    const lines = linesIn(path);
    const forged = rechained([...lines.slice(0, 6), ...lines.slice(1, 5)]);
    await writeTrail(at('other.jsonl'), { count: 9 });
    for (const texts of [whole.slice(0, -1), whole.slice(0, 4), forged, textsIn(at('other.jsonl')), []]) {
      putTexts(path, texts);
      await expect(writeTrail(path, { headFile })).rejects.toMatchObject({ code: 'trail_behind_head' });
    }
    rmSync(path);
    await expect(writeTrail(path, { headFile })).rejects.toMatchObject({ code: 'trail_behind_head' });
    putTexts(path, whole);
    await writeTrail(path, { headFile });
  });

  it('looks for the head in the older files as well', async () => {
    const path = at('trail.jsonl');
    const headFile = at('head.json');
    await writeTrail(path, { count: 10, headFile });
    const head = readFileSync(headFile);
    await writeTrail(path, { count: 30, maxBytes: 3000, headFile });
    writeFileSync(headFile, head);
    await writeTrail(path, { count: 1, maxBytes: 3000, headFile });
    expect(await verified(path)).toMatchObject({ entries: 41 });
  });

  it('refuses to sign over lines that are not chained', async () => {
    const path = at('trail.jsonl');
    await writeTrail(path);
    putTexts(
      path,
      textsIn(path).filter((_, index) => index !== 3),
    );
    await expect(writeTrail(path)).rejects.toMatchObject({
      code: 'trail_unreadable',
      cause: { code: 'sequence_gap', file: path, line: 4 },
    });
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe('the lock of a trail', () => {
  it('keeps a second writer out, until the first has ended', async () => {
    const path = at('trail.jsonl');
    const first = await auditTrail(path, { key: WRITER.privateKey });
    await expect(auditTrail(path, { key: STRANGER.privateKey })).rejects.toMatchObject({ code: 'trail_locked' });
    await first.close();
    expect(readdirSync(dirname(path))).toEqual(['trail.jsonl']);
    await (await auditTrail(path, { key: WRITER.privateKey })).close();
  });

  it('is taken over from a process that is gone, or that had our number before', async () => {
    const path = at('trail.jsonl');
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    for (const pid of [gone, process.pid]) {
      writeFileSync(`${path}.lock`, JSON.stringify({ pid, host: hostname(), token: 'left over' }));
      await writeTrail(path, { count: 1 });
      expect(readdirSync(dirname(path))).toEqual(['trail.jsonl']);
    }
  });

  it.each([
    ['a process that lives', { pid: process.ppid, host: hostname(), token: 'x' }],
    ['another machine', { pid: 1, host: 'elsewhere.example', token: 'x' }],
    ['nobody that can be read', 'x'],
  ])('is left to %s', async (_, holder) => {
    const path = at('trail.jsonl');
    writeFileSync(`${path}.lock`, JSON.stringify(holder));
    await expect(writeTrail(path)).rejects.toMatchObject({ code: 'trail_locked' });
    expect(readdirSync(dirname(path))).toEqual(['trail.jsonl.lock']);
  });
});

describe('verification', () => {
  it('takes files of any size, and tells how far it is', async () => {
    const path = at('trail.jsonl');
    const trail = await auditTrail(path, { key: WRITER.privateKey });
    for (let first = 0; first < 12_000; first += 1000) await trail.write(numbered(1000, first).map(auditRecordOf));
    await trail.close();
    const progress: number[] = [];
    const records: unknown[] = [];
    let read = 0;
    const result = await verifyAuditTrail(path, {
      keys: [WRITER.publicKey],
      onProgress: (lines, bytes) => {
        progress.push(lines);
        read = bytes;
      },
      onRecord: (record) => records.push(record),
    });
    expect(result.entries).toBe(12_000);
    expect(records).toEqual(numbered(12_000, 0).map(auditRecordOf));
    expect(read).toBe(auditTrailFiles(path).reduce((sum, file) => sum + statSync(file).size, 0));
    expect(progress).toEqual([10_000, 12_014]);
  });
});
