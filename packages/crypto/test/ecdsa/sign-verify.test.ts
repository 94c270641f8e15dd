import { beforeAll, describe, expect, test } from 'vitest';
import { generateKeyPair, isLowS, sha256, sign, verify } from '#crypto';
import type { KeyPair } from '#crypto';
import { flipped, utf8 } from '../support.js';

const data = utf8('{"jsonrpc":"2.0","id":1,"method":"tools/call"}');
let pair: KeyPair;
let other: KeyPair;

beforeAll(async () => {
  pair = await generateKeyPair();
  other = await generateKeyPair();
});

describe('sign and verify', () => {
  test('a signature is 64 plain bytes and verifies', async () => {
    const signature = await sign(pair.privateKey, data);
    expect(signature.constructor).toBe(Uint8Array);
    expect(signature.buffer.byteLength).toBe(64);
    expect(signature).toHaveLength(64);
    expect(await verify(pair.publicKey, data, signature)).toBe(true);
  });

  test('every signature has low s', async () => {
    // An unnormalised signer would pass with probability 2^-64.
    const signatures = await Promise.all(Array.from({ length: 64 }, () => sign(pair.privateKey, data)));
    for (const signature of signatures) {
      expect(isLowS(signature)).toBe(true);
      expect(await verify(pair.publicKey, data, signature, { requireLowS: true })).toBe(true);
    }
  });

  test('every single-bit change of the signature is refused', async () => {
    const signature = await sign(pair.privateKey, data);
    const answers = await Promise.all(
      Array.from(signature, (_, index) => verify(pair.publicKey, data, flipped(signature, index))),
    );
    expect(answers).toEqual(Array.from({ length: 64 }, () => false));
  });

  test('other data, another key', async () => {
    const signature = await sign(pair.privateKey, data);
    expect(await verify(pair.publicKey, flipped(data), signature)).toBe(false);
    expect(await verify(pair.publicKey, data.subarray(1), signature)).toBe(false);
    expect(await verify(pair.publicKey, new Uint8Array(0), signature)).toBe(false);
    expect(await verify(other.publicKey, data, signature)).toBe(false);
  });

  test('empty data', async () => {
    const signature = await sign(pair.privateKey, new Uint8Array(0));
    expect(await verify(pair.publicKey, new Uint8Array(0), signature)).toBe(true);
    expect(await verify(pair.publicKey, Uint8Array.of(0), signature)).toBe(false);
  });

  test('a view into a larger buffer stands for its own bytes only', async () => {
    const buffer = new Uint8Array(data.length + 20).fill(9);
    const view = buffer.subarray(10, 10 + data.length);
    view.set(data);
    const signature = await sign(pair.privateKey, view);
    expect(await verify(pair.publicKey, data, signature)).toBe(true);
    const carrier = new Uint8Array(100);
    carrier.set(signature, 3);
    expect(await verify(pair.publicKey, view, carrier.subarray(3, 67))).toBe(true);
  });
});

test('shared memory is read like any other', async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const shared = new Uint8Array(memory.buffer, 8, data.length);
  shared.set(data);
  const signature = await sign(pair.privateKey, shared);
  expect(await verify(pair.publicKey, data, signature)).toBe(true);
  const sharedSignature = new Uint8Array(memory.buffer, 1000, 64);
  sharedSignature.set(signature);
  expect(await verify(pair.publicKey, shared, sharedSignature)).toBe(true);
  expect(await sha256(shared)).toEqual(await sha256(data));
});

describe.each([
  ['small', 250],
  ['large', 200_000],
])('%s inputs are read before the call returns', (_name, length) => {
  test('by sign', async () => {
    const message = new Uint8Array(length).fill(1);
    const pending = sign(pair.privateKey, message);
    message.fill(2);
    const signature = await pending;
    expect(await verify(pair.publicKey, new Uint8Array(length).fill(1), signature)).toBe(true);
  });

  test('by verify', async () => {
    const message = new Uint8Array(length).fill(1);
    const signature = await sign(pair.privateKey, message);
    const wrong = flipped(message);
    const forged = verify(pair.publicKey, wrong, signature);
    wrong.set(message);
    expect(await forged).toBe(false);

    const badSignature = flipped(signature, 5);
    const repaired = verify(pair.publicKey, message, badSignature);
    badSignature.set(signature);
    expect(await repaired).toBe(false);

    const genuine = verify(pair.publicKey, message, signature);
    message.fill(2);
    signature.fill(0);
    expect(await genuine).toBe(true);
  });
});

// A call that is not the first of its moment waits: what it was given must have been copied.
test.each([2, 10])('inputs of the last of %i calls are read before it returns', async (count) => {
  const before = Array.from({ length: count - 1 }, () => sign(pair.privateKey, data));
  const message = data.slice();
  const pending = sign(pair.privateKey, message);
  message.fill(0);
  const signature = await pending;
  await Promise.all(before);
  expect(await verify(pair.publicKey, data, signature)).toBe(true);

  const others = Array.from({ length: count - 1 }, () => verify(pair.publicKey, data, signature));
  message.set(data);
  const copy = signature.slice();
  const answer = verify(pair.publicKey, message, copy);
  message.fill(0);
  copy.fill(0);
  expect(await answer).toBe(true);
  expect(await Promise.all(others)).toEqual(others.map(() => true));
});

describe('a text', () => {
  test.each(['', 'text', 'é€😀', 'x'.repeat(341), 'x'.repeat(342), '€'.repeat(1000), 'x'.repeat(100_000)])(
    'is signed in its UTF-8 form',
    async (text) => {
      const signature = await sign(pair.privateKey, text);
      expect(await verify(pair.publicKey, utf8(text), signature)).toBe(true);
      expect(await verify(pair.publicKey, text, signature)).toBe(true);
      expect(await verify(pair.publicKey, `${text}.`, signature)).toBe(false);
    },
  );

  // Fails where calls that wait share memory.
  test.each([2, 3, 10, 40])('of its own for each of %i calls at once', async (count) => {
    const texts = Array.from({ length: count }, (_, i) => `message ${i}`);
    const signatures = await Promise.all(texts.map((text) => sign(pair.privateKey, text)));
    const right = await Promise.all(texts.map((text, i) => verify(pair.publicKey, text, signatures[i]!)));
    expect(right).toEqual(texts.map(() => true));
    const wrong = await Promise.all(texts.map((text, i) => verify(pair.publicKey, text, signatures[(i + 1) % count]!)));
    expect(wrong).toEqual(texts.map(() => false));
  });
});

test('many at once, true and false mixed, come back to their own callers', async () => {
  const messages = Array.from({ length: 40 }, (_, i) => utf8(`message ${i}`));
  const signatures = await Promise.all(messages.map((message) => sign(pair.privateKey, message)));
  const right = await Promise.all(messages.map((message, i) => verify(pair.publicKey, message, signatures[i]!)));
  const shifted = await Promise.all(
    messages.map((message, i) => verify(pair.publicKey, message, signatures[(i + (i % 2)) % 40]!)),
  );
  expect(right).toEqual(messages.map(() => true));
  expect(shifted).toEqual(messages.map((_, i) => i % 2 === 0));
});
