import { beforeAll, describe, expect, it } from 'vitest';
import { isVerified, signTreeHead, verifyTreeHead } from '../../src/index.js';
import type { SignTreeHeadOptions, TrustAnchors } from '../../src/index.js';
import { Authority, NOW, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';

const OPTIONS: SignTreeHeadOptions = {
  authority: 'authority.example',
  era: 1,
  epoch: 3,
  treeHead: { tree_size: 7, root_hash: 'ab'.repeat(32) },
  timestampMs: NOW,
};

let clerk: Keys;
let anchors: TrustAnchors;

beforeAll(async () => {
  clerk = await newKeys();
  anchors = await (await Authority.create()).anchors({ statusKeys: [clerk.publicKey] });
});

describe('signTreeHead', () => {
  it('makes what is verified again', async () => {
    const head = await signTreeHead(OPTIONS, clerk.privateKey);
    const verified = await verifyTreeHead(JSON.stringify(head), { anchors, now: NOW });
    expect(verified).toMatchObject({ head, authority: 'authority.example', epoch: 3, timestampMs: NOW });
    expect(verified.treeHead).toEqual({ tree_size: 7, root_hash: 'ab'.repeat(32) });
    expect(isVerified(verified, 'tree-head')).toBe(true);
  });

  it.each<[string, Partial<SignTreeHeadOptions>]>([
    ['an era below 1', { era: 0 }],
    ['half an epoch', { epoch: 0.5 }],
    ['an empty log with another root', { treeHead: { tree_size: 0, root_hash: 'ab'.repeat(32) } }],
    ['no name', { authority: '' }],
  ])('refuses %s', async (_name, extra) => {
    await expect(signTreeHead({ ...OPTIONS, ...extra }, clerk.privateKey)).rejects.toMatchObject({
      code: 'option_invalid',
    });
  });
});
