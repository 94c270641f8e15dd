import { afterEach, describe, expect, test, vi } from 'vitest';
import { generateKeyPair, importPrivateKey, importPublicKey, sha256 } from '#crypto';
import { base64Url, hex, openssl, rejected, utf8 } from '../support.js';

const { p256 } = openssl;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the build for browsers', () => {
  test('makes and imports keys that are not extractable', async () => {
    expect((await generateKeyPair()).privateKey.extractable).toBe(false);
    expect((await importPrivateKey(p256.pkcs8Pem)).extractable).toBe(false);
  });

  test('asks the runtime for keys that are not extractable', async () => {
    const asked: unknown[] = [];
    const { subtle } = globalThis.crypto;
    vi.stubGlobal('crypto', {
      subtle: new Proxy(subtle, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          return typeof method !== 'function'
            ? method
            : (...args: unknown[]) => {
                if (name === 'generateKey') asked.push(args[1]);
                if (name === 'importKey' && args[0] === 'pkcs8') asked.push(args[3]);
                return Reflect.apply(method, target, args);
              };
        },
      }),
    });
    await generateKeyPair();
    await importPrivateKey(p256.pkcs8Pem);
    expect(asked).toEqual([false, false]);
  });

  test('checks that the halves of a pair belong together, even if the runtime does not', async () => {
    const { subtle } = globalThis.crypto;
    const genuine = hex(p256.pkcs8Der);
    vi.stubGlobal('crypto', {
      subtle: new Proxy(subtle, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          return typeof method !== 'function'
            ? method
            : (...args: unknown[]) =>
                Reflect.apply(method, target, args[0] === 'pkcs8' ? ['pkcs8', genuine, ...args.slice(2)] : args);
        },
      }),
    });
    expect((await importPrivateKey(p256.pkcs8Pem)).publicKey.jwk).toEqual(p256.jwk);
    const { publicKey } = await generateKeyPair();
    const d = base64Url(genuine.subarray(36, 68));
    expect(await rejected(() => importPrivateKey({ ...publicKey.jwk, d }))).toBe('key_malformed');
  });

  test('needs the public key beside a CryptoKey that is not extractable', async () => {
    const { subtle } = globalThis.crypto;
    const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    expect(await rejected(() => importPrivateKey(pair.privateKey))).toBe('key_not_extractable');
    const publicKey = await importPublicKey(pair.publicKey);
    expect((await importPrivateKey(pair.privateKey, { publicKey })).publicKey).toBe(publicKey);
  });

  test('refuses a public CryptoKey that cannot be read', async () => {
    const { subtle } = globalThis.crypto;
    const key = await subtle.importKey('jwk', p256.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    expect(await rejected(() => importPublicKey(key))).toBe('key_not_extractable');
  });

  test('says so where there is no Web Crypto', async () => {
    vi.stubGlobal('crypto', {});
    expect(await rejected(() => sha256(utf8('x')))).toBe('webcrypto_unavailable');
    expect(await rejected(() => generateKeyPair())).toBe('webcrypto_unavailable');
    expect(await rejected(() => importPublicKey(p256.spkiPem))).toBe('webcrypto_unavailable');
    vi.stubGlobal('crypto', undefined);
    expect(await rejected(() => sha256(utf8('x')))).toBe('webcrypto_unavailable');
  });
});
