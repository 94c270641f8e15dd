import { inflateSync } from 'node:zlib';
import { decodeBase64 } from '@mcps/crypto';
import { expect, it } from 'vitest';
import { signStatusBitmap } from '../../src/index.js';
import { compressBits } from '../../src/node.js';
import { NOW, newKeys } from '../passport/world.js';

it('makes less of a bitmap than what every runtime has', async () => {
  const { privateKey } = await newKeys();
  const revoked = Array.from({ length: 1000 }, (_, index) => index * 100 + ((index * 7919) % 100));
  const options = {
    issuer: 'authority.example',
    number: 1,
    epoch: 1000,
    size: 100_000,
    revoked,
    treeHead: { tree_size: 9, root_hash: 'ab'.repeat(32) },
    issuedAtMs: NOW,
  };
  const usual = decodeBase64((await signStatusBitmap(options, privateKey)).bits);
  const best = decodeBase64((await signStatusBitmap({ ...options, compress: compressBits }, privateKey)).bits);
  expect(best.length).toBeLessThan(usual.length);
  expect(inflateSync(best)).toEqual(inflateSync(usual));
});
