import { describe, expect, test } from 'vitest';
import { sha256, sha256Hex } from '#crypto';
import { rejected, toHex, utf8 } from './support.js';

/** FIPS 180-4 examples and the empty message. */
const vectors: [string, Uint8Array, string][] = [
  ['empty', new Uint8Array(0), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', utf8('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    '448 bits',
    utf8('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'a million times a',
    new Uint8Array(1_000_000).fill(0x61),
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  ],
];

describe('SHA-256', () => {
  test.each(vectors)('%s', async (_name, data, digest) => {
    const bytes = await sha256(data);
    expect(bytes.constructor).toBe(Uint8Array);
    expect(toHex(bytes)).toBe(digest);
    expect(await sha256Hex(data)).toBe(digest);
  });

  test.each(['', 'abc', 'é', '€', '😀', '\0', 'x'.repeat(100_000)])(
    'of a text is that of its UTF-8 form',
    async (text) => {
      expect(await sha256Hex(text)).toBe(await sha256Hex(utf8(text)));
      expect(await sha256(text)).toEqual(await sha256(utf8(text)));
    },
  );

  test('refuses a text without a UTF-8 form', async () => {
    // Fails where the runtime encodes: it puts another character in place of a lone surrogate.
    for (const text of ['\ud800', 'text\udc00', '\ude00\ud83d']) {
      expect(await rejected(() => sha256(text))).toBe('encoding_utf8');
      expect(await rejected(() => sha256Hex(text))).toBe('encoding_utf8');
    }
  });

  test('of a view covers its own bytes only', async () => {
    expect(await sha256Hex(utf8('xabcx').subarray(1, 4))).toBe(vectors[1]![2]);
  });

  test('reads its input before it returns', async () => {
    const data = utf8('abc');
    const pending = sha256Hex(data);
    data.fill(0);
    expect(await pending).toBe(vectors[1]![2]);
  });

  test('refuses what is neither bytes nor text', async () => {
    for (const value of [1, undefined, null, [1], new ArrayBuffer(3), new Uint16Array(3)]) {
      expect(await rejected(() => sha256(value as never))).toBe('input_not_bytes');
      expect(await rejected(() => sha256Hex(value as never))).toBe('input_not_bytes');
    }
  });
});
