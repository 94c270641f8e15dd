import { CryptoError, generateKeyPair, sha256 } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { hashBytes, hashHex, importKey, runAsync, signBytes, verifyBytes } from '../../src/procedure/index.js';
import type { Procedure } from '../../src/procedure/index.js';

const data = new Uint8Array([1, 2, 3]);

describe('runAsync', () => {
  it('performs every kind of step', async () => {
    const { publicKey, privateKey } = await generateKeyPair();
    const outcome = await runAsync(
      (function* (): Procedure<unknown[]> {
        const key = yield* importKey(publicKey.jwk);
        const signature = yield* signBytes(privateKey, data);
        return [
          key.thumbprint,
          yield* hashBytes(data),
          yield* hashHex(data),
          yield* verifyBytes(key, data, signature, { requireLowS: true }),
          yield* verifyBytes(key, new Uint8Array([1]), signature),
          yield* verifyBytes(key, data, new Uint8Array(63)),
        ];
      })(),
    );
    const hex = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';
    expect(outcome).toEqual([publicKey.thumbprint, await sha256(data), hex, true, false, false]);
  });

  it('does everything before the first step at once', async () => {
    const log: string[] = [];
    const running = runAsync(
      (function* (): Procedure<void> {
        log.push('before');
        yield* hashHex(data);
        log.push('after');
      })(),
    );
    expect(log).toEqual(['before']);
    await running;
    expect(log).toEqual(['before', 'after']);
  });

  it('throws the fault of a step into the procedure, which may catch it', async () => {
    const malformed = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } as const;
    const caught = await runAsync(
      (function* (): Procedure<unknown> {
        try {
          yield* importKey(malformed);
        } catch (error) {
          return [error, yield* hashHex(data)];
        }
        return undefined;
      })(),
    );
    expect(caught).toEqual([expect.any(CryptoError), expect.any(String)]);
    await expect(runAsync(importKey(malformed))).rejects.toThrow(CryptoError);
  });

  it('rejects with what the procedure throws', async () => {
    const fault = new RangeError('fault');
    await expect(
      runAsync(
        (function* (): Procedure<never> {
          yield* hashHex(data);
          throw fault;
        })(),
      ),
    ).rejects.toBe(fault);
  });
});

describe('the helpers', () => {
  // Each fails where the helper passes the answer on unchecked.
  it('take nothing but true for a valid signature', async () => {
    const { publicKey } = await generateKeyPair();
    for (const answer of [1, 'true', {}, new Uint8Array(1)]) {
      const procedure = verifyBytes(publicKey, data, data);
      procedure.next();
      expect(procedure.next(answer as boolean)).toEqual({ done: true, value: false });
    }
  });

  it('refuse an answer of another type', () => {
    for (const procedure of [hashHex(data), hashBytes(data)]) {
      procedure.next();
      expect(() => procedure.next(true)).toThrow(TypeError);
    }
    const hex = hashHex(data);
    hex.next();
    expect(() => hex.next(data)).toThrow(TypeError);
    const importing = importKey({ kty: 'EC', crv: 'P-256', x: '', y: '' });
    importing.next();
    expect(() => importing.next(data)).toThrow(TypeError);
  });
});
