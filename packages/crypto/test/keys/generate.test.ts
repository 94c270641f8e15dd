import { expect, test } from 'vitest';
import {
  exportPrivateDer,
  exportPrivateJwk,
  exportPrivatePem,
  generateKeyPair,
  importPrivateKey,
  sign,
  verify,
} from '#crypto';
import { rejected, utf8 } from '../support.js';

test('pairs differ and belong together', async () => {
  const pairs = await Promise.all(Array.from({ length: 8 }, () => generateKeyPair()));
  expect(new Set(pairs.map(({ publicKey }) => publicKey.thumbprint)).size).toBe(8);
  for (const { publicKey, privateKey } of pairs) {
    expect(privateKey.publicKey).toBe(publicKey);
    expect(await verify(publicKey, utf8('x'), await sign(privateKey, utf8('x')))).toBe(true);
  }
});

test('extractable keys survive export and import', async () => {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
  for (const write of [exportPrivateDer, exportPrivateJwk, exportPrivatePem]) {
    const copy = await importPrivateKey(await write(privateKey));
    expect(copy.publicKey.jwk).toEqual(publicKey.jwk);
    expect(await verify(publicKey, utf8('x'), await sign(copy, utf8('x')))).toBe(true);
  }
});

test('other keys cannot be exported', async () => {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: false });
  expect(privateKey.extractable).toBe(false);
  for (const write of [exportPrivateDer, exportPrivateJwk, exportPrivatePem]) {
    expect(await rejected(() => write(privateKey))).toBe('key_not_extractable');
    expect(await rejected(() => write(publicKey as never))).toBe('key_private_expected');
  }
});
