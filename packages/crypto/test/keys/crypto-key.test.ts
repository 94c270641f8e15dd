import { beforeAll, describe, expect, test } from 'vitest';
import {
  exportPrivateJwk,
  exportPublicJwk,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  sign,
  verify,
} from '#crypto';
import { rejected, utf8 } from '../support.js';

const { subtle } = globalThis.crypto;
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };
const data = utf8('data');
let open: CryptoKeyPair;
let closed: CryptoKeyPair;

beforeAll(async () => {
  open = await subtle.generateKey(ES256, true, ['sign', 'verify']);
  closed = await subtle.generateKey(ES256, false, ['sign', 'verify']);
});

describe('public CryptoKey', () => {
  test('is imported', async () => {
    const key = await importPublicKey(open.publicKey);
    const { x, y } = await subtle.exportKey('jwk', open.publicKey);
    expect(key.jwk).toEqual({ kty: 'EC', crv: 'P-256', x, y });
    expect(await exportPublicJwk(key)).toEqual(key.jwk);
    const signature = new Uint8Array(
      await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, open.privateKey, data as never),
    );
    expect(await verify(key, data, signature)).toBe(true);
  });

  test('of another kind is refused', async () => {
    const ecdh = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const p384 = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify']);
    const hmac = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
    const { x, y } = await subtle.exportKey('jwk', open.publicKey);
    const unusable = await subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: x!, y: y! }, ES256, true, []);
    expect(await rejected(() => importPublicKey(open.privateKey))).toBe('key_public_expected');
    expect(await rejected(() => importPublicKey(ecdh.publicKey))).toBe('key_wrong_type');
    expect(await rejected(() => importPublicKey(p384.publicKey))).toBe('key_wrong_type');
    expect(await rejected(() => importPublicKey(hmac))).toBe('key_wrong_type');
    expect(await rejected(() => importPublicKey(unusable))).toBe('key_wrong_type');
    expect(await rejected(() => importPrivateKey(ecdh.privateKey))).toBe('key_wrong_type');
    expect(await rejected(() => importPrivateKey(p384.privateKey))).toBe('key_wrong_type');
    expect(await rejected(() => importPrivateKey(hmac))).toBe('key_wrong_type');
    expect(await rejected(() => importPrivateKey(open.publicKey))).toBe('key_private_expected');
  });
});

describe('private CryptoKey', () => {
  test('extractable: tells its public half', async () => {
    const key = await importPrivateKey(open.privateKey, { extractable: true });
    const { d, x, y } = await subtle.exportKey('jwk', open.privateKey);
    expect(await exportPrivateJwk(key)).toEqual({ kty: 'EC', crv: 'P-256', x, y, d });
    const hidden = await importPrivateKey(open.privateKey, { extractable: false });
    expect(hidden.extractable).toBe(false);
    expect(await verify(key.publicKey, data, await sign(hidden, data))).toBe(true);
  });

  test('not extractable: works with its public half beside it, and stays closed', async () => {
    const publicKey = await importPublicKey(closed.publicKey);
    const key = await importPrivateKey(closed.privateKey, { publicKey });
    expect(key.extractable).toBe(false);
    expect(key.publicKey.thumbprint).toBe(publicKey.thumbprint);
    expect(await verify(publicKey, data, await sign(key, data))).toBe(true);
    expect(await rejected(() => exportPrivateJwk(key))).toBe('key_not_extractable');
  });

  test('not extractable: cannot be opened, nor get another public half', async () => {
    const publicKey = await importPublicKey(closed.publicKey);
    const { publicKey: foreign } = await generateKeyPair();
    const { privateKey } = closed;
    expect(await rejected(() => importPrivateKey(privateKey, { publicKey, extractable: true }))).toBe(
      'key_not_extractable',
    );
    expect(await rejected(() => importPrivateKey(privateKey, { publicKey: foreign }))).toBe('key_malformed');
  });
});
