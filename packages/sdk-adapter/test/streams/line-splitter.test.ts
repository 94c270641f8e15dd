import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/streams/line-splitter.js';
import { outlineOf, outlineOfEnds } from '../../src/streams/outline.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function split(chunks: readonly Uint8Array[], maxBytes: number): string[] {
  const splitter = new LineSplitter(maxBytes);
  const lines: string[] = [];
  for (const chunk of chunks) {
    // The memory of a chunk may be used again as soon as it has been dealt with.
    const lent = chunk.slice();
    splitter.push(lent);
    for (let line = splitter.next(); line !== undefined; line = splitter.next())
      lines.push(line.type === 'line' ? text(line.bytes) : `!${text(line.head)}|${text(line.tail)}`);
    lent.fill(0x0a);
  }
  if (splitter.cut) lines.push('cut');
  return lines;
}

describe('lines', () => {
  it('are the same wherever the chunks begin and end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })),
        fc.array(fc.nat({ max: 400 })),
        (lines, cuts) => {
          const bytes = new TextEncoder().encode(lines.join('\n'));
          const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
          const chunks = bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
          expect(split(chunks, 50)).toEqual(split([bytes], 50));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('over the limit are dropped up to their newline, and the next one is whole', () => {
    const long = `a${'x'.repeat(100_000)}z`;
    const bytes = new TextEncoder().encode(`one\n${long}\ntwo\n${'y'.repeat(10)}\nthree`);
    const lines = split([bytes.subarray(0, 7), bytes.subarray(7, 50_000), bytes.subarray(50_000)], 10);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^!ax+\|x+z$/);
    expect(lines[1]!.length).toBeLessThan(9_000);
    expect([lines[0], lines[2], lines[3], lines[4]]).toEqual(['one', 'two', 'y'.repeat(10), 'cut']);
  });
});

describe('whom to answer', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":7,"method":"ping","id":7}', { jsonrpc: '2.0', id: 7, method: '' }],
    ['{"id":"a","result":{"x":1e999}}', { jsonrpc: '2.0', id: 'a', result: {} }],
    ['{"method":"note","method":"note"}', undefined],
    ['{"id":9007199254740993,"method":"x"}', undefined],
    ['[1]', undefined],
    ['{', undefined],
  ])('is read out of %s', (line, outline) => {
    expect(outlineOf(line)).toEqual(outline);
  });

  it.each([
    ['{"jsonrpc":"2.0","id":7,"method":"x","params":"', '"}', { jsonrpc: '2.0', id: 7, method: '' }],
    ['{"method":"x","params":"', '"},"jsonrpc":"2.0","id":"q"}', { jsonrpc: '2.0', id: 'q', method: '' }],
    [
      '{"method":"x","params":"',
      '"},"id":8,"mcps":{"version":"1.0","nonce":"n"}}',
      { jsonrpc: '2.0', id: 8, method: '' },
    ],
    ['{"result":{"text":"', '"},"jsonrpc":"2.0","id":8}', { jsonrpc: '2.0', id: 8, result: {} }],
    ['{"method":"x","params":{"id":8,"text":"', '"}}', undefined],
    ['xxxx', '"id":8}', undefined],
  ])('is read out of both ends: %s … %s', (head, tail, outline) => {
    expect(outlineOfEnds(head, tail)).toEqual(outline);
  });
});
