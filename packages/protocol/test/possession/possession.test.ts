import { decodeBase64Url, sign } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { createChallenge, isVerified, provePossession, verifyPossession } from '../../src/index.js';
import type { VerifyPossessionOptions } from '../../src/index.js';
import { NOW, newKeys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

const clock = () => NOW;
const authority = 'authority.example';

describe('createChallenge', () => {
  it('makes 32 random bytes', () => {
    const challenges = Array.from({ length: 100 }, createChallenge);
    for (const challenge of challenges) expect(decodeBase64Url(challenge).length).toBe(32);
    expect(new Set(challenges).size).toBe(challenges.length);
  });
});

describe('provePossession', () => {
  it('makes what the authority verifies', async () => {
    const { publicKey, privateKey } = await newKeys();
    const challenge = createChallenge();
    const proof = await provePossession({ authority, challenge, clock }, privateKey);
    const options: VerifyPossessionOptions = {
      publicKey,
      expectedAuthority: authority,
      expectedChallenge: challenge,
      clock,
    };
    const verified = await verifyPossession(JSON.stringify(proof), options);
    expect(verified).toMatchObject({ proof, publicKey, expiresAtMs: NOW + 60_000 });
    expect(isVerified(verified, 'possession')).toBe(true);
    expect(await rejectionOf(verifyPossession(proof, { ...options, expectedChallenge: createChallenge() }))).toBe(
      'possession_invalid',
    );
    expect(await rejectionOf(verifyPossession(proof, { ...options, now: NOW + 60_000 }))).toBe('possession_expired');
  });

  it('works with a signer that does not say which key it holds, if the caller does', async () => {
    const { publicKey, privateKey } = await newKeys();
    const signer = { format: 'p1363', sign: (data: Uint8Array) => sign(privateKey, data) } as const;
    const options = { authority, challenge: createChallenge(), clock };
    await expect(provePossession(options, signer)).rejects.toMatchObject({ code: 'option_missing' });
    const proof = await provePossession({ ...options, keyThumbprint: publicKey.thumbprint }, signer);
    await verifyPossession(proof, {
      publicKey,
      expectedAuthority: authority,
      expectedChallenge: options.challenge,
      clock,
    });
  });

  it.each([
    ['the header of a message', '{"message_hash":"00"}'],
    ['31 bytes', 'A'.repeat(42)],
    ['nothing', ''],
  ])('signs nothing where the challenge is %s', async (_name, challenge) => {
    let signed = 0;
    const { publicKey } = await newKeys();
    const signer = {
      format: 'p1363',
      publicKey,
      sign: () => {
        signed += 1;
        return Promise.reject(new Error('was asked to sign'));
      },
    } as const;
    await expect(provePossession({ authority, challenge, clock }, signer)).rejects.toMatchObject({
      code: 'option_invalid',
    });
    expect(signed).toBe(0);
  });
});
