import { describe, expect, test } from 'vitest';
import { derToP1363, importPublicKey, isLowS, p1363ToDer, verify } from '#crypto';
import { concat, hex, openssl, ORDER, scalar, thrown, toHex, utf8 } from '../support.js';

/** SEQUENCE { INTEGER 1, INTEGER 2 }, and what is done to it. */
const SMALL = '3006020101020102';
const signature12 = concat(scalar(1n), scalar(2n));

describe('derToP1363', () => {
  test('pads short integers to 32 bytes', () => {
    expect(derToP1363(hex(SMALL))).toEqual(signature12);
  });

  test('drops the zero octet that keeps an integer non-negative', () => {
    const top = scalar(ORDER - 1n);
    const der = hex(`3046022100${toHex(top)}022100${toHex(top)}`);
    expect(derToP1363(der)).toEqual(concat(top, top));
    expect(p1363ToDer(concat(top, top))).toEqual(der);
  });

  const invalid: [string, string][] = [
    ['empty', ''],
    ['a lone tag', '30'],
    ['an empty sequence', '3000'],
    ['a sequence without s', '3003020101'],
    ['a set instead of a sequence', '3106020101020102'],
    ['a bit string for r', '3006030101020102'],
    ['an octet string for s', '3006020101040102'],
    ['a byte after the sequence', `${SMALL}00`],
    ['a second sequence after it', SMALL + SMALL],
    ['a third integer', '3009020101020102020103'],
    ['a NULL after s', '30080201010201020500'],
    ['the last byte cut off', SMALL.slice(0, -2)],
    ['everything cut off after r', '3006020101'],
    ['a sequence longer than the input', '3007020101020102'],
    ['a sequence shorter than its contents', '3005020101020102'],
    ['r longer than the sequence', '3006020501020102'],
    ['the sequence length in long form of one octet', '308106020101020102'],
    ['the sequence length in long form of two octets', '30820006020101020102'],
    ['the sequence length in long form of four octets', '308400000006020101020102'],
    ['the sequence length of 127 octets', `30ff${SMALL.slice(4)}`],
    ['a length octet of 129 that fits the input', `3081${'02407f'.padEnd(2 * 129, '01')}`],
    ['an indefinite length', '30800201010201020000'],
    ['the length of r in long form', '30070281010102 0102'.replace(' ', '')],
    ['the length of s in long form', '3007020101028101 02'.replace(' ', '')],
    ['r without contents', '30050200020102'],
    ['s without contents', '30050201010200'],
    ['r with a leading zero', '300702020001020102'],
    ['s with a leading zero', '300702010102020002'],
    ['s with two leading zeros', '30080201010203000002'],
    ['negative r', '30060201ff020102'],
    ['negative s', '3006020101020180'],
    ['r of 32 bytes that reads as negative', `30250220${toHex(scalar(ORDER - 1n))}020102`],
    ['64 bytes of P1363', toHex(signature12)],
    ['a multi-byte tag', '3f1006020101020102'],
  ];
  test.each(invalid)('refuses %s', (_name, der) => {
    expect(thrown(() => derToP1363(hex(der)))).toBe('signature_der');
  });

  const outOfRange: [string, string][] = [
    ['r = 0', '3006020100020102'],
    ['s = 0', '3006020101020100'],
    ['r = n', `3026022100${toHex(scalar(ORDER))}020102`],
    ['s = n', `3026020101022100${toHex(scalar(ORDER))}`],
    ['s = 2^256 - 1', `3026020101022100${'ff'.repeat(32)}`],
    ['s = 2^256', `302602010102210 1${'00'.repeat(32)}`.replace(' ', '')],
    ['s of 40 bytes', `302d0201010228${'01'.repeat(40)}`],
  ];
  test.each(outOfRange)('refuses %s', (_name, der) => {
    expect(thrown(() => derToP1363(hex(der)))).toBe('signature_range');
  });

  test('refuses what is not bytes', () => {
    expect(thrown(() => derToP1363(SMALL as never))).toBe('input_not_bytes');
  });

  test('every truncation and every trailing byte of a real signature is refused', () => {
    for (const { der } of openssl.p256.signatures) {
      const bytes = hex(der);
      for (let length = 0; length < bytes.length; length++) {
        expect(thrown(() => derToP1363(bytes.subarray(0, length)))).toBe('signature_der');
      }
      for (const extra of [0, 1, 5, 0x30, 0xff]) {
        expect(thrown(() => derToP1363(concat(bytes, Uint8Array.of(extra))))).toBe('signature_der');
      }
    }
  });
});

describe('p1363ToDer', () => {
  test('writes the shortest form', () => {
    expect(toHex(p1363ToDer(signature12))).toBe(SMALL);
    expect(toHex(p1363ToDer(concat(scalar(0x80n), scalar(0x7fn))))).toBe('30070202008002017f');
  });

  test('gives back what openssl wrote', () => {
    for (const { der } of openssl.p256.signatures) expect(toHex(p1363ToDer(derToP1363(hex(der))))).toBe(der);
  });
});

test('signatures of the openssl command line verify, high s and low s alike', async () => {
  const key = await importPublicKey(openssl.p256.spkiPem);
  const seen = new Set<boolean>();
  for (const { message, der } of openssl.p256.signatures) {
    const signature = derToP1363(hex(der));
    seen.add(isLowS(signature));
    expect(await verify(key, utf8(message), signature)).toBe(true);
    expect(await verify(key, utf8(`${message}.`), signature)).toBe(false);
    expect(await verify(key, utf8(message), signature, { requireLowS: true })).toBe(isLowS(signature));
  }
  expect(seen.size).toBe(2);
});
