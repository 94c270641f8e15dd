import { beforeAll, describe, expect, test } from 'vitest';
import { generateKeyPair, isLowS, isSigner, p1363ToDer, sign, verify } from '#crypto';
import type { KeyPair, Signer } from '#crypto';
import { base64, base64Url, concat, ORDER, otherS, rejected, scalar, utf8 } from './support.js';

const data = utf8('what is signed elsewhere');
let pair: KeyPair;
let genuine: Uint8Array;

beforeAll(async () => {
  pair = await generateKeyPair();
  genuine = await sign(pair.privateKey, data);
});

const signer = (format: Signer['format'], output: () => unknown): Signer => ({
  format,
  sign: async () => output() as Uint8Array,
});

describe('outputs that are taken', () => {
  const outputs: [string, Signer['format'], () => unknown][] = [
    ['64 bytes', 'p1363', () => genuine],
    ['64 bytes in base64', 'p1363', () => base64(genuine)],
    ['DER', 'der', () => p1363ToDer(genuine)],
    ['DER in base64', 'der', () => base64(p1363ToDer(genuine))],
    ['64 bytes with high s', 'p1363', () => otherS(genuine)],
    ['DER with high s in base64', 'der', () => base64(p1363ToDer(otherS(genuine)))],
  ];
  test.each(outputs)('%s', async (_name, format, output) => {
    const signature = await sign(signer(format, output), data);
    expect(signature).toEqual(genuine);
    expect(signature).not.toBe(genuine);
    expect(isLowS(signature)).toBe(true);
    expect(await verify(pair.publicKey, data, signature, { requireLowS: true })).toBe(true);
  });

  test('a signer with state keeps its `this`', async () => {
    class Remote implements Signer {
      readonly format = 'p1363';
      readonly publicKey = pair.publicKey;
      calls = 0;
      async sign(bytes: Uint8Array): Promise<Uint8Array> {
        this.calls++;
        return sign(pair.privateKey, bytes);
      }
    }
    const remote = new Remote();
    expect(await verify(remote.publicKey, data, await sign(remote, data))).toBe(true);
    expect(remote.calls).toBe(1);
  });

  test('the signer gets a text in UTF-8', async () => {
    const seen: Uint8Array[] = [];
    const signed = await sign({ format: 'p1363', sign: async (bytes) => (seen.push(bytes), genuine) }, 'é');
    expect(seen).toEqual([utf8('é')]);
    expect(signed).toEqual(genuine);
  });

  test('the signer gets the data, not a digest, and a copy of it', async () => {
    const message = data.slice();
    let seen: Uint8Array | undefined;
    const pending = sign(
      {
        format: 'p1363',
        sign: async (bytes) => {
          await Promise.resolve();
          seen = bytes;
          return genuine;
        },
      },
      message,
    );
    message.fill(0);
    await pending;
    expect(seen).toEqual(data);
  });
});

describe('outputs that are refused', () => {
  const outputs: [string, Signer['format'], () => unknown][] = [
    ['nothing', 'p1363', () => undefined],
    ['null', 'p1363', () => null],
    ['a number', 'p1363', () => 64],
    ['an array of numbers', 'p1363', () => [...genuine]],
    ['an ArrayBuffer', 'p1363', () => genuine.buffer],
    ['an object', 'p1363', () => ({ signature: genuine })],
    ['no bytes', 'p1363', () => new Uint8Array(0)],
    ['63 bytes', 'p1363', () => genuine.subarray(1)],
    ['65 bytes', 'p1363', () => concat(genuine, Uint8Array.of(0))],
    ['64 zeros', 'p1363', () => new Uint8Array(64)],
    ['r = n', 'p1363', () => concat(scalar(ORDER), genuine.subarray(32))],
    ['an empty string', 'p1363', () => ''],
    ['base64 without padding', 'p1363', () => base64(genuine).replaceAll('=', '')],
    ['base64url', 'p1363', () => base64Url(new Uint8Array(64).fill(0xfb))],
    ['base64 with a line feed', 'p1363', () => `${base64(genuine)}\n`],
    ['hex', 'p1363', () => 'ab'.repeat(64)],
    ['DER where 64 bytes are promised', 'p1363', () => p1363ToDer(genuine)],
    ['64 bytes where DER is promised', 'der', () => genuine],
    ['DER with a trailing byte', 'der', () => concat(p1363ToDer(genuine), Uint8Array.of(0))],
    ['DER cut short', 'der', () => p1363ToDer(genuine).subarray(0, 60)],
    ['DER with r = 0', 'der', () => Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 1)],
    ['no DER', 'der', () => null],
  ];
  test.each(outputs)('%s', async (_name, format, output) => {
    expect(await rejected(() => sign(signer(format, output), data))).toBe('signer_output');
  });

  test('the message of the error does not quote the output', async () => {
    const secret = 'not base64 but something to keep';
    await expect(
      sign(
        signer('p1363', () => secret),
        data,
      ),
    ).rejects.not.toThrow(secret);
  });
});

describe('faults of the signer itself', () => {
  test('its own error comes through untouched', async () => {
    const own = new RangeError('the HSM is busy');
    const failing = (format: Signer['format']): Signer => ({ format, sign: () => Promise.reject(own) });
    await expect(sign(failing('p1363'), data)).rejects.toBe(own);
    await expect(sign(failing('der'), data)).rejects.toBe(own);
    const throwing: Signer = {
      format: 'p1363',
      sign: () => {
        throw own;
      },
    };
    await expect(sign(throwing, data)).rejects.toBe(own);
  });

  test('data that is not bytes never reaches it', async () => {
    let called = false;
    const spy = signer('p1363', () => {
      called = true;
      return genuine;
    });
    expect(await rejected(() => sign(spy, 1 as never))).toBe('input_not_bytes');
    expect(await rejected(() => sign(spy, '\ud800'))).toBe('encoding_utf8');
    expect(called).toBe(false);
  });
});

test('isSigner', () => {
  expect(isSigner(signer('der', () => genuine))).toBe(true);
  expect(isSigner(signer('raw' as never, () => genuine))).toBe(false);
  expect(isSigner({ format: 'der' })).toBe(false);
  expect(isSigner({ format: 'der', sign: 'text' })).toBe(false);
  expect(isSigner({ sign: () => genuine })).toBe(false);
  expect(isSigner(pair.privateKey)).toBe(false);
  expect(isSigner(undefined)).toBe(false);
  expect(isSigner(null)).toBe(false);
  expect(isSigner('der')).toBe(false);
});
