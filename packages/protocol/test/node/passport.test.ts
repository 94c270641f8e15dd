import { beforeAll, describe, expect, it } from 'vitest';
import { createPassport, isVerified, staticTrustLevel } from '../../src/index.js';
import type { TrustAnchors } from '../../src/index.js';
import { issuePassportSync, signPassportSync, verifyPassportSync } from '../../src/node.js';
import { Authority, HOUR_MS, NOW, newKeys, right, verifyAt } from '../passport/world.js';
import type { Keys } from '../passport/world.js';
import { reasonOf } from '../support/refusal.js';

let authority: Authority;
let anchors: TrustAnchors;
let keys: Keys;

beforeAll(async () => {
  authority = await Authority.create();
  anchors = await authority.anchors();
  keys = await newKeys();
});

describe('without promises', () => {
  it('passports are signed and verified', async () => {
    const draft = createPassport({
      name: 'agent',
      version: '1',
      publicKey: keys.publicKey,
      issuer: authority.issuer,
      issuedAtMs: NOW - HOUR_MS,
      trustLevel: 2,
    });
    const passport = signPassportSync(draft, authority.keys.privateKey);
    const verified = verifyPassportSync(passport, { anchors, now: NOW });
    expect(isVerified(verified, 'passport')).toBe(true);
    expect(staticTrustLevel(verified)).toBe(2);
    expect(verified).toEqual(await verifyAt(passport, anchors));
  });

  it('passports are issued, through a chain too', async () => {
    const issuer = await authority.issue({ issuing: right(0) });
    const passport = issuePassportSync({
      authority: { passport: issuer.passport, key: issuer.privateKey },
      subject: { name: 'agent', version: '1', publicKey: keys.publicKey },
      issuedAtMs: NOW,
    });
    expect(verifyPassportSync(passport, { anchors, now: NOW }).chain).toHaveLength(1);
  });

  it('faults are the same', async () => {
    const { passport } = await authority.issue();
    const forged = { ...passport, trust_level: 4 as const };
    expect(reasonOf(() => verifyPassportSync(forged, { anchors, now: NOW }))).toBe('passport_signature_invalid');
    expect(reasonOf(() => verifyPassportSync({ ...passport, public_key: null }, { anchors, now: NOW }))).toBe(
      'passport_signature_invalid',
    );
  });

  it('a key that lives elsewhere is refused', () => {
    const draft = createPassport({ name: 'agent', version: '1', publicKey: keys.publicKey, issuer: authority.issuer });
    const signer = { format: 'p1363' as const, sign: () => Promise.resolve(new Uint8Array(64)) };
    expect(() => signPassportSync(draft, signer as never)).toThrow(
      expect.objectContaining({ code: 'option_unsupported' }),
    );
  });
});
