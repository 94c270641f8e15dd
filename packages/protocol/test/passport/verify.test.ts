import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  McpsError,
  createPassport,
  createTrustAnchors,
  isVerified,
  parsePassport,
  passportDigest,
  signPassport,
} from '../../src/index.js';
import type { PassportFacts, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { Authority, DAY_MS, HOUR_MS, NOW, draftOf, issueBelow, newKeys, resign, right, verifyAt } from './world.js';
import type { Draft, Holder, Keys } from './world.js';

let authority: Authority;
let stranger: Authority;
let anchors: TrustAnchors;
let nobody: TrustAnchors;
let agent: Holder;

beforeAll(async () => {
  authority = await Authority.create();
  stranger = await Authority.create();
  anchors = await authority.anchors();
  nobody = await createTrustAnchors([]);
  agent = await authority.issue({ trustLevel: 2, capabilities: ['tools/call'], origin: 'https://agent.example:8443' });
});

describe('an anchored passport', () => {
  it('is returned with what has been verified', async () => {
    const verified = await verifyAt(agent.passport, anchors);
    expect(verified).toMatchObject({
      id: agent.passport.passport_id,
      digest: await passportDigest(agent.passport),
      standing: 'anchored',
      chain: [],
      ceilingLevel: 2,
      staticLevel: 2,
      evidence: {},
      expiresAtMs: Date.parse(agent.passport.expires_at),
      verifiedAtMs: NOW,
      identity: `authority.example/${agent.passport.passport_id}`,
    });
    expect(verified.publicKey.thumbprint).toBe(agent.publicKey.thumbprint);
    expect(verified.anchor).toBe(anchors.get('authority.example'));
    expect(draftOf(verified.passport)).toEqual(draftOf(agent.passport));
    expect(isVerified(verified, 'passport')).toBe(true);
    expect(isVerified({ ...verified }, 'passport')).toBe(false);
  });

  it('cannot be written by hand, in types either', () => {
    expectTypeOf<PassportFacts>().not.toExtend<VerifiedPassport>();
    expectTypeOf<VerifiedPassport>().toExtend<PassportFacts>();
  });

  it('may come as an object, a text, or parsed', async () => {
    const text = JSON.stringify(agent.passport);
    for (const source of [agent.passport, text, new TextEncoder().encode(text), parsePassport(text)]) {
      expect((await verifyAt(source, anchors)).standing).toBe('anchored');
    }
  });

  it('is verified as it was when it was handed over', async () => {
    const draft = draftOf(agent.passport);
    const verifying = verifyAt(draft, anchors);
    draft['trust_level'] = 4;
    draft['agent'].name = 'somebody else';
    expect((await verifying).passport).toMatchObject({ trust_level: 2, agent: { name: 'agent' } });
  });

  it('is signed by any of the anchor\u2019s keys', async () => {
    const next = await newKeys();
    const both = await createTrustAnchors([authority.options({ keys: [next.publicKey, authority.keys.publicKey] })]);
    expect((await verifyAt(agent.passport, both)).standing).toBe('anchored');
  });

  it('is capped by its anchor\u2019s ceiling', async () => {
    const capped = await authority.anchors({ ceiling: { level: 1 } });
    expect(await verifyAt(agent.passport, capped)).toMatchObject({ ceilingLevel: 1, staticLevel: 1 });
  });

  it('is refused for capabilities beyond its anchor\u2019s ceiling', async () => {
    const narrow = await authority.anchors({ ceiling: { capabilities: ['tools/list'] } });
    expect(await rejectionOf(verifyAt(agent.passport, narrow))).toBe('issuing_capabilities_exceeded');
    const fitting = await authority.anchors({ ceiling: { capabilities: ['tools/list', 'tools/call'] } });
    expect((await verifyAt(agent.passport, fitting)).standing).toBe('anchored');
  });
});

describe('forgeries', () => {
  it('an issuer that is known by name only', async () => {
    const forged = await stranger.issue({ trustLevel: 4 });
    expect(await rejectionOf(verifyAt(forged.passport, anchors))).toBe('passport_signature_invalid');
  });

  const CHANGES: [string, (draft: Draft) => void][] = [
    ['a higher level', (d) => (d['trust_level'] = 4)],
    ['another name', (d) => (d['agent'].name = 'admin')],
    ['another capability', (d) => d['agent'].capabilities.push('admin')],
    ['a later end', (d) => (d['expires_at'] = '2030-01-01T00:00:00.000Z')],
    ['another origin', (d) => (d['origin'] = 'https://evil.example')],
    ['no origin', (d) => (d['origin'] = null)],
    ['a right to issue', (d) => (d['ext'] = { issuing: right(4) })],
    ['another id', (d) => (d['passport_id'] = `asp_${'0'.repeat(32)}`)],
    ['another writing of the same time', (d) => (d['issued_at'] = d['issued_at'].replace('.000Z', 'Z'))],
    ['an empty extension', (d) => (d['ext'] = {})],
    ['scan results', (d) => (d['scan'] = null)],
  ];

  it.each(CHANGES)('%s', async (_name, change) => {
    const draft = draftOf(agent.passport);
    change(draft);
    expect(await rejectionOf(verifyAt(draft, anchors))).toBe('passport_signature_invalid');
  });

  it('another key under an id that looks right', async () => {
    const thief = await newKeys();
    const draft = { ...draftOf(agent.passport), public_key: thief.publicKey.jwk };
    expect(await rejectionOf(verifyAt(draft, anchors))).toBe('passport_signature_invalid');
    expect(await rejectionOf(verifyAt(await resign(draft, thief.privateKey), anchors))).toBe(
      'passport_signature_invalid',
    );
  });

  it('a signature by the holder in place of the issuer', async () => {
    const forged = await resign(draftOf(agent.passport), agent.privateKey);
    expect(await rejectionOf(verifyAt(forged, anchors))).toBe('passport_signature_invalid');
  });

  it('the signature of another passport', async () => {
    const other = await authority.issue({ name: 'other' });
    const draft = { ...draftOf(agent.passport), signature: other.passport.signature };
    expect(await rejectionOf(verifyAt(draft, anchors))).toBe('passport_signature_invalid');
  });

  it('a status key or an evidence key that signs passports', async () => {
    const clerk = await newKeys();
    const forged = await resign(draftOf(agent.passport), clerk.privateKey);
    const withClerk = await authority.anchors({ statusKeys: [clerk.publicKey], evidenceKeys: [clerk.publicKey] });
    expect(await rejectionOf(verifyAt(forged, withClerk))).toBe('passport_signature_invalid');
  });
});

describe('self-asserted trust', () => {
  let keys: Keys;
  let draft: Draft;

  beforeAll(async () => {
    keys = await newKeys();
    draft = draftOf(
      createPassport({ name: 'me', version: '1', publicKey: keys.publicKey, trustLevel: 4, issuedAtMs: NOW - HOUR_MS }),
    );
  });

  it('counts for nothing, signed or not', async () => {
    for (const passport of [draft, await resign(draft, keys.privateKey)]) {
      expect(await verifyAt(passport, anchors)).toMatchObject({
        standing: 'self-signed',
        ceilingLevel: 0,
        staticLevel: 0,
        chain: [],
        identity: `self/${keys.publicKey.thumbprint}`,
      });
    }
  });

  it.each(['self', null, undefined])('is meant by the issuer %s', async (issuer) => {
    const { issuer: _issuer, ...rest } = draft;
    const passport = issuer === undefined ? rest : { ...rest, issuer };
    expect((await verifyAt(passport, anchors)).standing).toBe('self-signed');
  });

  it('is refused with a bad signature', async () => {
    const other = await newKeys();
    expect(await rejectionOf(verifyAt(await resign(draft, other.privateKey), anchors))).toBe(
      'passport_signature_invalid',
    );
  });

  it('is refused with a chain', async () => {
    const signed = await resign({ ...draft, issuer_chain: ['AAAA'] }, keys.privateKey);
    expect(await rejectionOf(verifyAt(signed, anchors))).toBe('chain_malformed');
  });

  it('is told from an issuer that nobody configured', async () => {
    const verified = await verifyAt(agent.passport, nobody);
    expect(verified).toMatchObject({
      standing: 'unknown-anchor',
      ceilingLevel: 0,
      staticLevel: 0,
      identity: `unknown/${agent.publicKey.thumbprint}`,
    });
    expect(verified.anchor).toBeUndefined();
  });

  it('names of members that every object has configure nobody', async () => {
    for (const issuer of ['__proto__', 'constructor', 'toString', 'size']) {
      const passport = await resign({ ...draft, issuer }, keys.privateKey);
      expect((await verifyAt(passport, anchors)).standing).toBe('unknown-anchor');
    }
  });
});

describe('time', () => {
  it('ends with the millisecond of expires_at', async () => {
    const { passport } = await authority.issue({ expiresAtMs: NOW });
    expect((await verifyAt(passport, anchors, { now: NOW - 1 })).standing).toBe('anchored');
    expect(await rejectionOf(verifyAt(passport, anchors, { now: NOW }))).toBe('passport_expired');
    expect(await rejectionOf(verifyAt(passport, anchors, { now: NOW + 1 }))).toBe('passport_expired');
  });

  it('begins with issued_at, give or take a minute', async () => {
    const { passport } = await authority.issue({ issuedAtMs: NOW });
    expect((await verifyAt(passport, anchors, { now: NOW - 60_000 })).standing).toBe('anchored');
    expect(await rejectionOf(verifyAt(passport, anchors, { now: NOW - 60_001 }))).toBe('passport_not_yet_valid');
    expect(await rejectionOf(verifyAt(passport, anchors, { now: NOW - 1, futureToleranceMs: 0 }))).toBe(
      'passport_not_yet_valid',
    );
  });

  it('comes from the clock when no instant is given, and from nowhere else', async () => {
    const clock = () => NOW + 365 * DAY_MS;
    const options = { anchors, clock };
    const { verifyPassport } = await import('../../src/index.js');
    expect(await rejectionOf(verifyPassport(agent.passport, options))).toBe('passport_expired');
    expect((await verifyPassport(agent.passport, { ...options, now: NOW })).verifiedAtMs).toBe(NOW);
  });

  it('a clock that is broken vouches for nothing', async () => {
    expect(await rejectionOf(verifyAt(agent.passport, anchors, { now: Number.NaN }))).toBe('passport_expired');
  });
});

describe('the key', () => {
  it('is required', async () => {
    const passport = await resign({ ...draftOf(agent.passport), public_key: null }, authority.keys.privateKey);
    expect(await rejectionOf(verifyAt(passport, anchors))).toBe('passport_key_invalid');
    expect(await rejectionOf(verifyAt(passport, nobody))).toBe('passport_key_invalid');
    expect(await rejectionOf(verifyAt({ ...passport, issuer: 'self' }, nobody))).toBe('passport_key_invalid');
  });

  it('is a point on the curve', async () => {
    const { jwk } = agent.publicKey;
    for (const y of [jwk.x, 'A'.repeat(43), `${'_'.repeat(42)}8`]) {
      const passport = await resign(
        { ...draftOf(agent.passport), public_key: { ...jwk, y } },
        authority.keys.privateKey,
      );
      expect(await rejectionOf(verifyAt(passport, anchors))).toBe('passport_key_invalid');
    }
  });
});

describe('the order of the checks', () => {
  // Each draft has one fault more than the one before; the fault that is checked first decides.
  it('is size, shape, number of issuers, id, time, origin, chain, key', async () => {
    const draft = draftOf(agent.passport);
    const options = { expectedPassportId: agent.passport.passport_id, expectedOrigin: 'https://agent.example:8443' };
    const expectReason = async (reason: string, signed = true): Promise<void> => {
      const passport = signed ? await resign(draft, authority.keys.privateKey) : draft;
      expect(await rejectionOf(verifyAt(passport, anchors, options))).toBe(reason);
    };
    draft['public_key'].y = draft['public_key'].x;
    await expectReason('passport_key_invalid');
    draft['signature'] = (await authority.issue()).passport.signature;
    await expectReason('passport_signature_invalid', false);
    draft['issuer_chain'] = ['AAAA'];
    await expectReason('chain_malformed');
    draft['origin'] = 'https://other.example';
    await expectReason('origin_mismatch');
    draft['issued_at'] = '2026-04-01T00:00:00Z';
    await expectReason('passport_not_yet_valid');
    draft['issued_at'] = '2024-01-01T00:00:00Z';
    draft['expires_at'] = '2025-01-01T00:00:00Z';
    await expectReason('passport_expired');
    draft['passport_id'] = `asp_${'0'.repeat(32)}`;
    await expectReason('passport_id_mismatch');
    draft['issuer_chain'] = Array.from({ length: 6 }, () => 'AAAA');
    await expectReason('chain_too_deep');
    draft['trust_level'] = 7;
    await expectReason('passport_malformed');
    draft['scan'] = 'x'.repeat(9000);
    await expectReason('passport_too_large');
  });

  it('maps each reason to its code', async () => {
    const cases: [string, Promise<unknown>][] = [
      ['MCPS-013', verifyAt('x'.repeat(60_000), anchors)],
      ['MCPS-001', verifyAt('{}', anchors)],
      ['MCPS-014', verifyAt({ ...agent.passport, issuer_chain: Array.from({ length: 6 }, () => '') }, anchors)],
      ['MCPS-002', verifyAt(agent.passport, anchors, { now: NOW + 365 * DAY_MS })],
      ['MCPS-011', verifyAt(agent.passport, anchors, { expectedOrigin: 'https://other.example' })],
    ];
    for (const [code, verifying] of cases) {
      await expect(verifying).rejects.toMatchObject({ code, stage: 'passport' });
      await expect(verifying).rejects.toBeInstanceOf(McpsError);
    }
  });
});

it('refuses anchors that nobody has checked', async () => {
  const forged = { get: () => undefined, has: () => false, size: 0, list: () => [] } as unknown as TrustAnchors;
  await expect(verifyAt(agent.passport, forged)).rejects.toBeInstanceOf(TypeError);
  await expect(
    verifyAt(agent.passport, Object.create(Object.getPrototypeOf(anchors)) as TrustAnchors),
  ).rejects.toBeInstanceOf(TypeError);
});

it('refuses a passport whose holder signed it into a chain of its own', async () => {
  // An ordinary agent makes itself an issuer: it has no right to.
  const child = createPassport({
    name: 'child',
    version: '1',
    publicKey: stranger.keys.publicKey,
    issuer: agent.passport.passport_id,
    issuedAtMs: NOW,
  });
  const passport = await signPassport(child, agent.privateKey, { issuerChain: [agent.passport] });
  expect(await rejectionOf(verifyAt(passport, anchors))).toBe('issuing_not_permitted');
  await expect(issueBelow(agent)).rejects.toMatchObject({
    code: 'option_invalid',
    cause: { reason: 'issuing_not_permitted' },
  });
});
