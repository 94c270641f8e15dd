import { beforeAll, describe, expect, test } from 'vitest';
import { checkSignature, generateKeyPair, isLowS, normalizeLowS, p1363ToDer, sign, verify } from '#crypto';
import type { KeyPair } from '#crypto';
import { concat, ORDER, otherS, rejected, scalar, thrown, toBigInt, utf8 } from '../support.js';

const data = utf8('a message');
let pair: KeyPair;
let good: Uint8Array;

beforeAll(async () => {
  pair = await generateKeyPair();
  good = await sign(pair.privateKey, data);
});

const r = (): Uint8Array => good.subarray(0, 32);
const s = (): Uint8Array => good.subarray(32);
const repeated = (length: number): Uint8Array => new Uint8Array(length).fill(7);

const malformed: [string, string, () => Uint8Array][] = [
  ['empty', 'signature_length', () => new Uint8Array(0)],
  ['one byte', 'signature_length', () => new Uint8Array(1)],
  ['63 bytes, the last cut off', 'signature_length', () => good.subarray(0, 63)],
  ['63 bytes, the first cut off', 'signature_length', () => good.subarray(1)],
  ['65 bytes, one zero appended', 'signature_length', () => concat(good, new Uint8Array(1))],
  ['65 bytes, one zero in front', 'signature_length', () => concat(new Uint8Array(1), good)],
  [
    '66 bytes, r and s of 33 each',
    'signature_length',
    () => concat(scalar(0n).subarray(31), r(), scalar(0n).subarray(31), s()),
  ],
  ['96 bytes, as of P-384', 'signature_length', () => repeated(96)],
  ['a mebibyte', 'signature_length', () => repeated(1 << 20)],
  ['twice the signature', 'signature_length', () => concat(good, good)],
  ['DER', 'signature_length', () => p1363ToDer(good)],
  ['all zeros', 'signature_range', () => new Uint8Array(64)],
  ['all ones', 'signature_range', () => new Uint8Array(64).fill(255)],
  ['r = 0', 'signature_range', () => concat(scalar(0n), s())],
  ['s = 0', 'signature_range', () => concat(r(), scalar(0n))],
  ['r = n', 'signature_range', () => concat(scalar(ORDER), s())],
  ['s = n', 'signature_range', () => concat(r(), scalar(ORDER))],
  ['r = n + 1', 'signature_range', () => concat(scalar(ORDER + 1n), s())],
  ['s = n + 1', 'signature_range', () => concat(r(), scalar(ORDER + 1n))],
  ['r = 2^256 - 1', 'signature_range', () => concat(scalar(2n ** 256n - 1n), s())],
  ['s = 2^256 - 1', 'signature_range', () => concat(r(), scalar(2n ** 256n - 1n))],
];

describe('signatures of bad form', () => {
  test.each(malformed)('%s: %s', async (_name, code, make) => {
    const signature = make();
    expect(thrown(() => checkSignature(signature))).toBe(code);
    expect(thrown(() => isLowS(signature))).toBe(code);
    expect(thrown(() => normalizeLowS(signature))).toBe(code);
    expect(thrown(() => p1363ToDer(signature))).toBe(code);
    expect(await verify(pair.publicKey, data, signature)).toBe(false);
  });

  const notBytes: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a string', 'A'.repeat(64)],
    ['an array', Array.from({ length: 64 }, () => 1)],
    ['an ArrayBuffer', new ArrayBuffer(64)],
    ['an Int8Array', new Int8Array(64).fill(1)],
    ['an object that looks like bytes', { length: 64, [Symbol.toStringTag]: 'Uint8Array' }],
  ];
  test.each(notBytes)('%s is no signature', async (_name, value) => {
    expect(await verify(pair.publicKey, data, value as Uint8Array)).toBe(false);
    expect(thrown(() => checkSignature(value as Uint8Array))).toBe('signature_length');
  });
});

describe('signatures of good form that are wrong', () => {
  const edges: [string, () => Uint8Array][] = [
    ['r = s = 1', () => concat(scalar(1n), scalar(1n))],
    ['r = s = n - 1', () => concat(scalar(ORDER - 1n), scalar(ORDER - 1n))],
    ['r = 1', () => concat(scalar(1n), s())],
    ['s = 1', () => concat(r(), scalar(1n))],
    ['n - r for r', () => concat(scalar(ORDER - toBigInt(r())), s())],
    ['n - r and n - s', () => otherS(concat(scalar(ORDER - toBigInt(r())), s()))],
    ['r and s swapped', () => concat(s(), r())],
    ['r twice', () => concat(r(), r())],
  ];
  test.each(edges)('%s', async (_name, make) => {
    expect(await verify(pair.publicKey, data, make())).toBe(false);
  });
});

describe('high s', () => {
  test('is accepted unless low s is required', async () => {
    const high = otherS(good);
    expect(isLowS(good)).toBe(true);
    expect(isLowS(high)).toBe(false);
    expect(await verify(pair.publicKey, data, high)).toBe(true);
    expect(await verify(pair.publicKey, data, high, { requireLowS: false })).toBe(true);
    expect(await verify(pair.publicKey, data, high, { requireLowS: true })).toBe(false);
    expect(await verify(pair.publicKey, data, good, { requireLowS: true })).toBe(true);
  });

  test('has its own code in checkSignature', () => {
    checkSignature(good, { requireLowS: true });
    checkSignature(otherS(good));
    expect(thrown(() => checkSignature(otherS(good), { requireLowS: true }))).toBe('signature_malformed');
  });
});

describe('what is not the peer’s but the caller’s fault is said', () => {
  test.each([
    ['input_not_bytes', 1],
    ['encoding_utf8', '\ud800'],
  ])('data that is neither bytes nor text: %s', async (code, wrong) => {
    expect(await rejected(() => verify(pair.publicKey, wrong as never, good))).toBe(code);
    expect(await rejected(() => sign(pair.privateKey, wrong as never))).toBe(code);
  });

  test('a key of the wrong kind', async () => {
    expect(await rejected(() => verify(pair.privateKey as never, data, good))).toBe('key_public_expected');
    expect(await rejected(() => verify(pair.publicKey.jwk as never, data, good))).toBe('key_public_expected');
    expect(await rejected(() => verify(Object.create(pair.publicKey), data, good))).toBe('key_public_expected');
    expect(await rejected(() => verify(undefined as never, data, good))).toBe('key_public_expected');
    expect(await rejected(() => sign(pair.publicKey as never, data))).toBe('key_private_expected');
    expect(await rejected(() => sign(Object.create(pair.privateKey), data))).toBe('key_private_expected');
    expect(await rejected(() => sign(undefined as never, data))).toBe('key_private_expected');
  });
});
