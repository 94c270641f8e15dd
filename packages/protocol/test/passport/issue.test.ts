import { sign } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  createPassport,
  decodeChain,
  encodeChain,
  isPassportId,
  issuePassport,
  signPassport,
} from '../../src/index.js';
import type { Passport } from '../../src/index.js';
import { Authority, DAY_MS, HOUR_MS, NOW, draftOf, issueBelow, newKeys, right, verifyAt } from './world.js';
import type { Holder, Keys } from './world.js';

let authority: Authority;
let keys: Keys;
const subject = () => ({ name: 'agent', version: '1.0.0', publicKey: keys.publicKey });

beforeAll(async () => {
  authority = await Authority.create();
  keys = await newKeys();
});

async function faultOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.code;
    throw error;
  }
}

describe('createPassport', () => {
  it('makes a draft in the published form', () => {
    expect(createPassport({ ...subject(), issuedAtMs: NOW, ttlSeconds: 60, id: `asp_${'1'.repeat(32)}` })).toEqual({
      mcps_version: '1.0',
      passport_id: `asp_${'1'.repeat(32)}`,
      agent: { name: 'agent', version: '1.0.0', capabilities: [] },
      public_key: keys.publicKey.jwk,
      origin: null,
      trust_level: 0,
      issued_at: '2026-03-01T12:00:00.000Z',
      expires_at: '2026-03-01T12:01:00.000Z',
      issuer: 'self',
      issuer_chain: [],
    });
  });

  it('puts what is ours into ext', () => {
    const passport = createPassport({
      ...subject(),
      issuer: 'authority.example',
      issuing: right(1),
      statusIndex: 3,
      minVersion: '1.0',
    });
    expect(passport.ext).toEqual({ issuing: right(1), status_index: 3, min_version: '1.0' });
    expect(passport.trust_level).toBe(1);
  });

  it('chooses an id at random', () => {
    const ids = new Set(Array.from({ length: 100 }, () => createPassport(subject()).passport_id));
    expect(ids.size).toBe(100);
    expect([...ids].every(isPassportId)).toBe(true);
  });

  it('lasts 90 days from the clock\u2019s time unless told otherwise', () => {
    const passport = createPassport({ ...subject(), clock: () => NOW });
    expect(Date.parse(passport.expires_at) - NOW).toBe(90 * DAY_MS);
  });

  it.each([
    ['an empty name', { name: '' }],
    ['a control character', { name: 'a\nb' }],
    ['65 capabilities', { capabilities: Array.from({ length: 65 }, (_, i) => `c${i}`) }],
    ['a foreign id', { id: 'agent-1' }],
    ['level 5', { trustLevel: 5 as 4 }],
    ['an end before its beginning', { issuedAtMs: NOW, expiresAtMs: NOW }],
    ['an end and a length', { expiresAtMs: NOW, ttlSeconds: 1 }],
    ['no length', { ttlSeconds: 0 }],
    ['a length that is no number', { ttlSeconds: Number.NaN }],
    ['depth 5', { issuing: right(5) }],
    ['a private key', { publicKey: { kty: 'EC', crv: 'P-256', x: '', y: '', d: '' } as never }],
    ['scan results that are no JSON', { scan: { when: new Date() } as never }],
  ])('refuses %s', async (_name, change) => {
    expect(await faultOf(() => createPassport({ ...subject(), ...change }))).toBe('option_invalid');
  });

  it('never writes a private part into a passport', async () => {
    const { exportPrivateJwk } = await import('@mcps/crypto');
    const jwk = await exportPrivateJwk(keys.privateKey);
    expect(createPassport({ ...subject(), publicKey: jwk }).public_key).toEqual(keys.publicKey.jwk);
  });
});

describe('signPassport', () => {
  it('signs what was handed over, whatever becomes of it', async () => {
    const draft = draftOf(
      createPassport({ ...subject(), issuer: authority.issuer, issuedAtMs: NOW - HOUR_MS, scan: { n: 1 } }),
    );
    const signing = signPassport(draft as never, authority.keys.privateKey);
    draft['trust_level'] = 4;
    draft['scan'].n = 2;
    const passport = await signing;
    expect(passport).toMatchObject({ trust_level: 1, scan: { n: 1 } });
    expect((await verifyAt(passport, await authority.anchors())).standing).toBe('anchored');
  });

  it('signs a self passport with its own key only', async () => {
    const draft = createPassport({ ...subject(), issuedAtMs: NOW - HOUR_MS });
    const passport = await signPassport(draft, keys.privateKey);
    expect((await verifyAt(passport, await authority.anchors())).standing).toBe('self-signed');
    expect(await faultOf(() => signPassport(draft, authority.keys.privateKey))).toBe('key_mismatch');
  });

  it('finds out that a signer holds another key than it says', async () => {
    const signer = (publicKey: Keys['publicKey']): Signer => ({
      publicKey,
      format: 'p1363',
      sign: (data) => sign(authority.keys.privateKey, data),
    });
    const draft = createPassport({ ...subject(), issuer: authority.issuer, issuedAtMs: NOW - HOUR_MS });
    const passport = await signPassport(draft, signer(authority.keys.publicKey));
    expect((await verifyAt(passport, await authority.anchors())).standing).toBe('anchored');
    expect(await faultOf(() => signPassport(draft, signer(keys.publicKey)))).toBe('key_mismatch');
  });

  it('refuses what no verifier accepts', async () => {
    const draft = createPassport({ ...subject(), issuer: authority.issuer, scan: { padding: 'x'.repeat(7700) } });
    expect(await faultOf(() => signPassport(draft, authority.keys.privateKey))).toBe('option_invalid');
  });

  it('refuses a chain that does not fit', async () => {
    const issuer = await authority.issue({ issuing: right(1) });
    const other = await authority.issue({ issuing: right(1) });
    const draft = createPassport({ ...subject(), issuer: issuer.passport.passport_id });
    const signed = (chain: readonly Passport[], key = issuer.privateKey, of = draft) =>
      faultOf(() => signPassport(of, key, { issuerChain: chain }));
    expect(await signed([issuer.passport])).toBeUndefined();
    expect(await signed([other.passport], other.privateKey)).toBe('option_invalid');
    expect(await signed([issuer.passport], other.privateKey)).toBe('key_mismatch');
    expect(await signed(Array.from({ length: 6 }, () => issuer.passport))).toBe('option_invalid');
    const { signature: _signature, ...unsigned } = issuer.passport;
    expect(await signed([unsigned])).toBe('option_invalid');
    const leaf = await issueBelow(issuer);
    expect(
      await signed(
        [leaf.passport],
        leaf.privateKey,
        createPassport({ ...subject(), issuer: leaf.passport.passport_id }),
      ),
    ).toBe('option_invalid');
    const issuing = createPassport({ ...subject(), issuer: issuer.passport.passport_id, issuing: right(0) });
    expect(await signed([issuer.passport], issuer.privateKey, issuing)).toBe('option_invalid');
  });
});

describe('issuePassport', () => {
  let issuer: Holder;

  beforeAll(async () => {
    issuer = await authority.issue({
      name: 'department',
      trustLevel: 3,
      issuing: { depth: 1, level: 2, capabilities: ['tools/call', 'tools/list'] },
      expiresAtMs: NOW + DAY_MS,
    });
  });

  it('names the issuer and encloses its chain', async () => {
    const agent = await issueBelow(issuer, { capabilities: ['tools/call'], trustLevel: 2 });
    expect(agent.passport.issuer).toBe(issuer.passport.passport_id);
    expect(agent.passport.issuer_chain).toEqual(encodeChain([issuer.passport]));
    expect(decodeChain(agent.passport)).toEqual([issuer.passport]);
    const verified = await verifyAt(agent.passport, await authority.anchors());
    expect(verified).toMatchObject({
      standing: 'anchored',
      staticLevel: 2,
      identity: `authority.example/${agent.passport.passport_id}`,
    });
    expect(verified.chain.map((element) => element.passport.agent.name)).toEqual(['department']);
  });

  it('leaves the chain out of a passport that is to issue, and takes it from beside', async () => {
    const team = await issueBelow(issuer, {
      name: 'team',
      issuing: { depth: 0, level: 1, capabilities: ['tools/call'] },
    });
    expect(team.passport.issuer_chain).toEqual([]);
    const agent = await issueBelow(team);
    const verified = await verifyAt(agent.passport, await authority.anchors());
    expect(verified.chain.map((element) => element.passport.agent.name)).toEqual(['team', 'department']);
  });

  it('fits what is left open to the issuer\u2019s right', async () => {
    const low = await authority.issue({ trustLevel: 0, issuing: right(0), expiresAtMs: NOW + HOUR_MS });
    const agent = await issueBelow(low);
    expect(agent.passport.trust_level).toBe(0);
    expect(agent.passport.expires_at).toBe(low.passport.expires_at);
    expect((await issueBelow(issuer)).passport.trust_level).toBe(1);
  });

  it.each([
    ['a level above its right', { trustLevel: 3 as const }, 'issuing_level_exceeded'],
    ['a capability it may not give', { capabilities: ['admin'] }, 'issuing_capabilities_exceeded'],
    ['any capability', { capabilities: ['*'] }, 'issuing_capabilities_exceeded'],
    ['a longer life', { expiresAtMs: NOW + DAY_MS + 1 }, 'issuing_expiry_exceeded'],
    ['a longer life in seconds', { ttlSeconds: 10 * 86_400 }, 'issuing_expiry_exceeded'],
    ['as much depth', { issuing: right(1, { level: 1, capabilities: [] }) }, 'issuing_depth_exceeded'],
    ['a right to higher levels', { issuing: right(0, { level: 3, capabilities: [] }) }, 'issuing_level_exceeded'],
    ['a right to other capabilities', { issuing: right(0, { level: 1 }) }, 'issuing_capabilities_exceeded'],
  ])('refuses %s', async (_name, excess, reason) => {
    await expect(issueBelow(issuer, excess)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'option_invalid',
      cause: { reason },
    });
  });

  it('refuses the key of somebody else, and a chain of somebody else', async () => {
    const issue = (chain: readonly Passport[], key = issuer.privateKey) =>
      faultOf(() =>
        issuePassport({ authority: { passport: issuer.passport, key, chain }, subject: subject(), issuedAtMs: NOW }),
      );
    expect(await issue([])).toBeUndefined();
    expect(await issue([], keys.privateKey)).toBe('key_mismatch');
    expect(await issue([(await authority.issue({ issuing: right(2) })).passport])).toBe('option_invalid');
  });

  it('refuses an authority that calls itself self', async () => {
    expect(
      await faultOf(() => issuePassport({ authority: { issuer: 'self', key: keys.privateKey }, subject: subject() })),
    ).toBe('option_invalid');
  });
});
