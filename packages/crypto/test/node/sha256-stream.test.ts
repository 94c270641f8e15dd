import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { sha256Stream, sha256Sync } from '../../src/node.js';
import { rejected, toHex, utf8 } from '../support.js';

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe('sha256Stream', () => {
  test('hashes the chunks in order', async () => {
    const whole = utf8('one two three');
    expect(await sha256Stream(chunks(utf8('one '), utf8(''), utf8('two '), utf8('three')))).toEqual(sha256Sync(whole));
    expect(await sha256Stream(chunks(utf8('two '), utf8('one '), utf8('three')))).not.toEqual(sha256Sync(whole));
  });

  test('an empty stream', async () => {
    expect(toHex(await sha256Stream(chunks()))).toMatch(/^e3b0c442/);
  });

  test('a Readable', async () => {
    const data = new Uint8Array(300_000).map((_, i) => i);
    const pieces = Array.from({ length: 30 }, (_, i) => Buffer.from(data.subarray(i * 10_000, (i + 1) * 10_000)));
    expect(await sha256Stream(Readable.from(pieces))).toEqual(sha256Sync(data));
  });

  test('refuses text', async () => {
    expect(await rejected(() => sha256Stream(Readable.from(['text'])))).toBe('input_not_bytes');
  });

  test('an error of the stream passes through', async () => {
    const own = new Error('disk gone');
    const failing = new Readable({
      read() {
        this.destroy(own);
      },
    });
    await expect(sha256Stream(failing)).rejects.toBe(own);
  });
});
