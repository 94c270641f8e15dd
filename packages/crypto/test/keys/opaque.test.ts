import { beforeAll, describe, expect, test } from 'vitest';
import { exportPrivateJwk, generateKeyPair, importPrivateKey, importPublicKey, PrivateKey, PublicKey } from '#crypto';
import type { KeyPair } from '#crypto';
import { base64Url, hex, openssl, toHex } from '../support.js';

const { p256 } = openssl;
const d = hex(p256.pkcs8Der).subarray(36, 68);
/** The bytes of the scalar that make up whole base64 groups inside the PEM. */
const inPem = btoa(String.fromCharCode(...d.subarray(0, 30)));
const forms = [toHex(d), base64Url(d).slice(0, 20), inPem.slice(0, 20), [...d.subarray(0, 8)].join(',')];
let pair: KeyPair;

beforeAll(async () => {
  pair = await generateKeyPair({ extractable: true });
});

test('the forms that are looked for do occur in the fixture', () => {
  expect(p256.pkcs8Der).toContain(forms[0]);
  expect(p256.pkcs8Pem.replaceAll('\n', '')).toContain(forms[2]);
});

const text = (value: unknown): string => `${String(value)}${[value].join()}`;

describe('a private key shows nothing of itself', () => {
  test('as text, JSON, entries or clone', async () => {
    const key = await importPrivateKey(p256.pkcs8Pem, { extractable: true });
    const shown = [
      text(key),
      JSON.stringify(key),
      JSON.stringify({ options: { key } }),
      JSON.stringify(Object.entries(key)),
      JSON.stringify(Object.getOwnPropertyDescriptors(key)),
      JSON.stringify(structuredClone(key)),
      JSON.stringify(Reflect.ownKeys(key).map(String)),
    ].join('\n');
    for (const form of forms) expect(shown).not.toContain(form);
    expect(Reflect.ownKeys(key)).toEqual(['publicKey', 'extractable']);
  });

  test('in the messages of errors', async () => {
    const bad = [
      { ...p256.jwk, d: `${base64Url(d)}=` },
      { ...p256.jwk, d: base64Url(d), alg: 'ES384' },
      { ...pair.publicKey.jwk, d: base64Url(d) },
      { ...p256.jwk, x: p256.jwk.y, d: base64Url(d) },
      p256.pkcs8Pem.replace('END PRIVATE', 'END PUBLIC'),
      p256.pkcs8Pem.slice(0, -40),
      hex(`${p256.pkcs8Der}00`),
      hex(p256.pkcs8Der.slice(0, -2)),
    ];
    for (const source of bad) {
      for (const load of [importPrivateKey, importPublicKey]) {
        const error: unknown = await load(source as never).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(Error);
        const { message, stack, cause } = error as Error;
        expect(cause).toBeUndefined();
        for (const form of forms) expect(`${message}${stack}${JSON.stringify(error)}`).not.toContain(form);
      }
    }
  });

  test('unless it is exported', async () => {
    const key = await importPrivateKey(p256.pkcs8Pem, { extractable: true });
    expect((await exportPrivateJwk(key)).d).toBe(base64Url(d));
  });
});

describe('keys', () => {
  test('cannot be constructed', () => {
    expect(() => Reflect.construct(PublicKey, [])).toThrow(TypeError);
    expect(() => Reflect.construct(PublicKey, [Symbol('construct'), pair.publicKey.jwk, 'x', {}])).toThrow(TypeError);
    expect(() => Reflect.construct(PrivateKey, [Symbol('construct'), pair.publicKey, true, {}])).toThrow(TypeError);
  });

  test('are immutable', () => {
    expect(Object.isFrozen(pair.publicKey)).toBe(true);
    expect(Object.isFrozen(pair.publicKey.jwk)).toBe(true);
    expect(Object.isFrozen(pair.privateKey)).toBe(true);
    expect(pair.privateKey.publicKey).toBe(pair.publicKey);
  });
});
