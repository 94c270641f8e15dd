import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  exportPrivateJwk,
  exportPublicPem,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  isLowS,
  PrivateKey,
  PublicKey,
  sha256,
  sign,
  thumbprint,
  verify,
} from '#crypto';
import * as node from '../../src/node.js';
import { base64Url, flipped, hex, openssl, otherS, thrown, toHex, utf8 } from '../support.js';

const data = utf8('data');
const { p256 } = openssl;

describe('the synchronous forms agree with the others', () => {
  test('signatures', async () => {
    const { publicKey, privateKey } = await generateKeyPair();
    const signature = node.signSync(privateKey, data);
    expect(signature.constructor).toBe(Uint8Array);
    expect(isLowS(signature)).toBe(true);
    expect(await verify(publicKey, data, signature)).toBe(true);
    expect(node.verifySync(publicKey, data, await sign(privateKey, data))).toBe(true);
    expect(node.verifySync(publicKey, flipped(data), signature)).toBe(false);
    expect(node.verifySync(publicKey, data, otherS(signature))).toBe(true);
    expect(node.verifySync(publicKey, data, otherS(signature), { requireLowS: true })).toBe(false);
    expect(node.verifySync(publicKey, data, signature.subarray(1))).toBe(false);
    expect(node.verifySync(publicKey, data, 'text' as never)).toBe(false);
  });

  test('low s, many times', () => {
    const { privateKey } = node.generateKeyPairSync();
    for (let i = 0; i < 64; i++) expect(isLowS(node.signSync(privateKey, data))).toBe(true);
  });

  // One signature after the other passes through the same memory, the longer forms and the shorter ones of DER.
  test('many signatures, right and wrong, over texts of every length', () => {
    const { publicKey, privateKey } = node.generateKeyPairSync();
    for (let length = 0; length < 400; length += 7) {
      const text = 'é'.repeat(length);
      const signature = node.signSync(privateKey, text);
      expect(node.verifySync(publicKey, text, signature)).toBe(true);
      expect(node.verifySync(publicKey, `${text}x`, signature)).toBe(false);
      expect(node.verifySync(publicKey, utf8(text), signature)).toBe(true);
    }
  });

  test('keys', async () => {
    const { publicKey, privateKey } = node.generateKeyPairSync();
    expect(publicKey).toBeInstanceOf(PublicKey);
    expect(privateKey).toBeInstanceOf(PrivateKey);
    expect(node.exportPublicPemSync(publicKey)).toBe(await exportPublicPem(publicKey));
    expect(node.exportPublicJwkSync(publicKey)).toBe(publicKey.jwk);
    expect(node.exportPrivateJwkSync(privateKey)).toEqual(await exportPrivateJwk(privateKey));
    expect(node.thumbprintSync(publicKey.jwk)).toBe(await thumbprint(publicKey.jwk));
    expect(node.importPublicKeySync(node.exportPublicDerSync(publicKey)).thumbprint).toBe(publicKey.thumbprint);
    for (const source of [node.exportPrivatePemSync(privateKey), node.exportPrivateDerSync(privateKey)]) {
      expect(node.importPrivateKeySync(source).publicKey.thumbprint).toBe(publicKey.thumbprint);
    }
  });

  test('hashes', async () => {
    expect(node.sha256Sync(data)).toEqual(await sha256(data));
    expect(node.sha256Sync(data).constructor).toBe(Uint8Array);
    expect(node.sha256HexSync(data)).toBe(toHex(await sha256(data)));
    expect(node.sha256HexSync('data')).toBe(node.sha256HexSync(data));
    expect(node.sha256Sync('data')).toEqual(node.sha256Sync(data));
  });

  test('faults', () => {
    const { publicKey, privateKey } = node.generateKeyPairSync({ extractable: false });
    expect(thrown(() => node.signSync(publicKey as never, data))).toBe('key_private_expected');
    expect(thrown(() => node.signSync({ format: 'p1363', sign: () => data } as never, data))).toBe(
      'key_private_expected',
    );
    expect(thrown(() => node.verifySync(privateKey as never, data, data))).toBe('key_public_expected');
    for (const [code, wrong] of [
      ['input_not_bytes', 1],
      ['encoding_utf8', '\ud800'],
    ] as const) {
      expect(thrown(() => node.signSync(privateKey, wrong as never))).toBe(code);
      expect(thrown(() => node.verifySync(publicKey, wrong as never, data))).toBe(code);
      expect(thrown(() => node.sha256Sync(wrong as never))).toBe(code);
      expect(thrown(() => node.sha256HexSync(wrong as never))).toBe(code);
    }
    expect(thrown(() => node.importPublicKeySync('text'))).toBe('key_malformed');
    expect(thrown(() => node.importPrivateKeySync('text'))).toBe('key_malformed');
    expect(thrown(() => node.exportPrivatePemSync(privateKey))).toBe('key_not_extractable');
    expect(thrown(() => node.exportPrivateDerSync(privateKey))).toBe('key_not_extractable');
    expect(thrown(() => node.exportPrivateJwkSync(privateKey))).toBe('key_not_extractable');
    expect(thrown(() => node.exportPublicPemSync(privateKey as never))).toBe('key_public_expected');
    expect(thrown(() => node.exportPublicDerSync(privateKey as never))).toBe('key_public_expected');
    expect(thrown(() => node.exportPublicJwkSync(privateKey as never))).toBe('key_public_expected');
  });
});

describe('on Node', () => {
  test('keys are extractable by default', async () => {
    expect((await generateKeyPair()).privateKey.extractable).toBe(true);
    expect((await importPrivateKey(p256.pkcs8Pem)).extractable).toBe(true);
  });

  test('a CryptoKey that is not extractable stays so, and needs no public key beside it', async () => {
    const { subtle } = globalThis.crypto;
    const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const key = await importPrivateKey(pair.privateKey);
    expect(key.extractable).toBe(false);
    expect(key.publicKey.thumbprint).toBe((await importPublicKey(pair.publicKey)).thumbprint);
    expect(thrown(() => node.exportPrivatePemSync(key))).toBe('key_not_extractable');
  });

  test('a Buffer is as good as a Uint8Array, and stays untouched', async () => {
    // Small Buffers share one pool: a copy that is no copy would show here.
    const der = Buffer.from(p256.pkcs8Der, 'hex');
    const key = await importPrivateKey(der);
    expect(der.toString('hex')).toBe(p256.pkcs8Der);
    const spki = Buffer.from(p256.spkiDer, 'hex');
    const publicKey = await importPublicKey(spki);
    spki.fill(0);
    expect(publicKey.thumbprint).toBe(key.publicKey.thumbprint);
    const signature = Buffer.from(await sign(key, Buffer.from('data')));
    expect(await verify(publicKey, Buffer.from('data'), signature)).toBe(true);
  });

  test('bytes of another realm are bytes', async () => {
    const { runInNewContext } = await import('node:vm');
    const foreign: Uint8Array = runInNewContext('Uint8Array.of(100, 97, 116, 97)');
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    const { publicKey, privateKey } = await generateKeyPair();
    expect(await verify(publicKey, data, await sign(privateKey, foreign))).toBe(true);
    expect(await sha256(foreign)).toEqual(await sha256(data));
  });

  test('inspecting a private key shows nothing of it', async () => {
    const key = await importPrivateKey(p256.pkcs8Pem);
    const shown = [
      inspect(key, { depth: Infinity, showHidden: true, getters: true }),
      inspect({ nested: [key] }, { depth: Infinity, customInspect: false }),
    ].join('\n');
    const d = hex(p256.pkcs8Der).subarray(36, 68);
    for (const form of [toHex(d), toHex(d).slice(0, 8), base64Url(d), Buffer.from(d).toString('base64')]) {
      expect(shown).not.toContain(form);
    }
    expect(shown).not.toContain('KeyObject');
    expect(shown).toContain(key.publicKey.thumbprint);
  });
});
