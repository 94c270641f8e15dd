import { CryptoError, generateKeyPair } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors/index.js';
import { runSync } from '../../src/node.js';
import { hashBytes, hashHex, importKey, runAsync, signBytes, verifyBytes } from '../../src/procedure/index.js';
import type { Procedure } from '../../src/procedure/index.js';

const data = new Uint8Array([1, 2, 3]);

it('performs every kind of step, as the asynchronous runner does', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const procedure = function* (): Procedure<unknown[]> {
    const key = yield* importKey(publicKey.jwk);
    const signature = yield* signBytes(privateKey, data);
    return [
      key.thumbprint,
      yield* hashBytes(data),
      yield* hashHex(data),
      yield* verifyBytes(key, data, signature, { requireLowS: true }),
      yield* verifyBytes(key, new Uint8Array([1]), signature),
    ];
  };
  expect(runSync(procedure())).toEqual(await runAsync(procedure()));
});

it('throws the fault of a step into the procedure, which may catch it', () => {
  const malformed = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } as const;
  const outcome = runSync(
    (function* (): Procedure<unknown> {
      try {
        yield* importKey(malformed);
      } catch (error) {
        return [error, yield* hashHex(data)];
      }
      return undefined;
    })(),
  );
  expect(outcome).toEqual([expect.any(CryptoError), expect.any(String)]);
  expect(() => runSync(importKey(malformed))).toThrow(CryptoError);
});

it('cannot ask a signer', () => {
  const signer: Signer = { format: 'p1363', sign: () => Promise.resolve(new Uint8Array(64)) };
  expect(() => runSync(signBytes(signer, data))).toThrow(ConfigurationError);
});
