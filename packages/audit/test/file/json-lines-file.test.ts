import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditRecordOf, createAuditLog, jsonLinesFile } from '../../src/index.js';
import { numbered } from '../support/events.js';
import { temporaryFolder } from '../support/folder.js';

const at = temporaryFolder();
const idsIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);

describe('a file of JSON Lines', () => {
  it('has a record on each line, and is its owner’s alone', async () => {
    const path = at('audit.jsonl');
    const log = createAuditLog({ sinks: [jsonLinesFile(path)] });
    for (const event of numbered(300)) log.sink(event);
    await log.close();
    expect(idsIn(path)).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '')).toEqual(auditRecordOf(numbered(1)[0]!));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is gone on with after a restart', async () => {
    const path = at('audit.jsonl');
    for (const first of [0, 3]) {
      const log = createAuditLog({ sinks: [jsonLinesFile(path)] });
      for (const event of numbered(3, first)) log.sink(event);
      await log.close();
    }
    expect(idsIn(path)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is rotated when it is full: the newest of the older files is 1, and the oldest goes', async () => {
    const path = at('audit.jsonl');
    const [record] = numbered(1).map(auditRecordOf);
    const maxBytes = (JSON.stringify(record).length + 1) * 2;
    const sink = jsonLinesFile(path, { maxBytes, maxFiles: 2, durability: 'sync' });
    for (const event of numbered(9)) sink.writeNow?.(auditRecordOf(event));
    await sink.close?.();
    expect(readdirSync(dirname(path)).sort()).toEqual(['audit.jsonl', 'audit.jsonl.1', 'audit.jsonl.2']);
    expect([idsIn(path), idsIn(`${path}.1`), idsIn(`${path}.2`)]).toEqual([[8], [6, 7], [4, 5]]);
  });

  it('keeps no older file where none is wanted', async () => {
    const path = at('audit.jsonl');
    const sink = jsonLinesFile(path, { maxBytes: 1, maxFiles: 0, durability: 'sync' });
    for (const event of numbered(3)) sink.writeNow?.(auditRecordOf(event));
    await sink.close?.();
    expect(readdirSync(dirname(path))).toEqual(['audit.jsonl']);
    expect(idsIn(path)).toEqual([2]);
  });

  it('leaves files alone that only look like its own', async () => {
    const path = at('audit.jsonl');
    for (const name of ['audit.jsonl.old', 'audit.jsonl.01', 'audit.jsonl.1x']) mkdirSync(at(name));
    const sink = jsonLinesFile(path, { maxBytes: 1, maxFiles: 1, durability: 'sync' });
    for (const event of numbered(3)) sink.writeNow?.(auditRecordOf(event));
    await sink.close?.();
    for (const name of ['audit.jsonl.old', 'audit.jsonl.01', 'audit.jsonl.1x']) expect(existsSync(at(name))).toBe(true);
    expect(idsIn(`${path}.1`)).toEqual([1]);
  });

  it('has the line before the call goes on, with durability sync', async () => {
    const path = at('audit.jsonl');
    const log = createAuditLog({ sinks: [jsonLinesFile(path, { durability: 'sync' })] });
    log.sink(numbered(1)[0]!);
    expect(idsIn(path)).toEqual([0]);
    await log.close();
  });

  it('is refused where it cannot be opened, without its path in the message', () => {
    mkdirSync(at('folder'));
    for (const name of ['folder', 'missing/audit.jsonl'])
      expect(() => jsonLinesFile(at(name))).toThrow(
        expect.objectContaining({ code: 'file_unusable', message: expect.not.stringContaining(name) as string }),
      );
  });
});

describe('a disk that is full', () => {
  it.skipIf(!existsSync('/dev/full'))('is told, and the records wait', async () => {
    const errors: unknown[] = [];
    const log = createAuditLog({
      sinks: [jsonLinesFile('/dev/full')],
      onError: ({ code }) => errors.push(code),
      closeTimeoutMs: 50,
    });
    log.sink(numbered(1)[0]!);
    expect((await log.close()).unwritten).toEqual([{ sink: 'json-lines-file', count: 1 }]);
    expect(errors[0]).toBe('write_failed');
  });
});
