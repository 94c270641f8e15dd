import { readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrailLine } from '../../src/trail/trail-line.js';
import { temporaryFolder } from '../support/folder.js';
import { linesIn, putTexts, rechained, verified, writeTrail } from '../support/trail.js';

const at = temporaryFolder();
const codeOf = (path: string, head: Parameters<typeof verified>[1]): Promise<unknown> =>
  verified(path, head).then(
    () => 'accepted',
    (error: unknown) => (error as { name: string }).name,
  );

describe('whatever is changed in the signed part', () => {
  it('shows, byte by byte', async () => {
    const path = at('trail.jsonl');
    const head = (await writeTrail(path)).at(-1);
    const whole = readFileSync(path);
    const place = fc.nat(whole.length - 1);
    const edits = fc.oneof(
      fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([index, bits]) => {
        const bytes = Buffer.from(whole);
        bytes[index] = (bytes[index] ?? 0) ^ bits;
        return bytes;
      }),
      fc
        .tuple(place, fc.integer({ min: 1, max: 600 }))
        .map(([index, length]) => Buffer.concat([whole.subarray(0, index), whole.subarray(index + length)])),
      fc
        .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 40 }))
        .map(([index, inserted]) => Buffer.concat([whole.subarray(0, index), inserted, whole.subarray(index)])),
    );
    await fc.assert(
      fc.asyncProperty(edits, async (bytes) => {
        fc.pre(!bytes.equals(whole));
        writeFileSync(path, bytes);
        expect(await codeOf(path, head)).toBe('AuditTrailError');
      }),
      { numRuns: 300 },
    );
  });

  it('shows, line by line, with all hashes made anew', async () => {
    const path = at('trail.jsonl');
    const head = (await writeTrail(path)).at(-1);
    const whole = linesIn(path);
    const original = readFileSync(path, 'utf8');
    const line = fc.nat(whole.length - 1);
    const edit = fc.oneof(
      line.map((index) => (lines: TrailLine[]) => lines.toSpliced(index, 1)),
      fc.tuple(line, line).map(
        ([from, to]) =>
          (lines: TrailLine[]) =>
            lines.toSpliced(to, 0, lines[from] ?? whole[0]!),
      ),
      fc.tuple(line, fc.string()).map(([index, text]) => (lines: TrailLine[]) => {
        const changed = lines[index];
        if (changed === undefined || !('record' in changed)) return lines;
        return lines.with(index, { ...changed, record: { ...changed.record, method: text } });
      }),
      line.map((index) => (lines: TrailLine[]) => lines.slice(0, index)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        putTexts(path, rechained(edits.reduce((lines, apply) => apply(lines), whole)));
        fc.pre(readFileSync(path, 'utf8') !== original);
        expect(await codeOf(path, head)).toBe('AuditTrailError');
      }),
      { numRuns: 200 },
    );
  });
});
