import { encodeBase64, encodeUtf8 } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_CHAIN_DEPTH, createTrustAnchors, passportDigest } from '../../src/index.js';
import type { TrustAnchors } from '../../src/index.js';
import {
  Authority,
  DAY_MS,
  HOUR_MS,
  NOW,
  chainOf,
  draftOf,
  issueBelow,
  newKeys,
  resign,
  right,
  verifyAt,
} from '../passport/world.js';
import type { Draft, Holder } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

let authority: Authority;
let anchors: TrustAnchors;
/** authority.example > department > team > agent */
let department: Holder;
let team: Holder;
let agent: Holder;

beforeAll(async () => {
  authority = await Authority.create();
  anchors = await authority.anchors();
  department = await authority.issue({ name: 'department', trustLevel: 3, issuing: right(1, { level: 3 }) });
  team = await issueBelow(department, {
    name: 'team',
    trustLevel: 2,
    issuing: right(0, { level: 2, capabilities: ['a', 'b'] }),
  });
  agent = await issueBelow(team, { name: 'agent', trustLevel: 2, capabilities: ['a'] });
});

const reasonFor = (passport: object, compatibility = {}) => rejectionOf(verifyAt(passport, anchors, { compatibility }));

/** The agent's passport with another chain, signed as its issuer would. */
const withChain = (chain: string[], signer: Holder = team): Promise<Draft> =>
  resign({ ...draftOf(agent.passport), issuer_chain: chain }, signer.privateKey);

/** The agent's passport below a team passport that somebody with the department's key has rewritten. */
async function belowTeam(change: (draft: Draft) => void, signer: Holder = department): Promise<Draft> {
  const draft = draftOf(team.passport);
  change(draft);
  return withChain(chainOf(await resign(draft, signer.privateKey), department.passport));
}

describe('a verified chain', () => {
  it('is returned, the direct issuer first, with digests', async () => {
    const verified = await verifyAt(agent.passport, anchors);
    expect(verified.standing).toBe('anchored');
    expect(verified.chain.map(({ passport }) => passport.agent.name)).toEqual(['team', 'department']);
    expect(verified.chain.map(({ digest }) => digest)).toEqual([
      await passportDigest(team.passport),
      await passportDigest(department.passport),
    ]);
    expect(Object.isFrozen(verified.chain)).toBe(true);
  });

  it('may be written by any JSON writer', async () => {
    const chain = [team.passport, department.passport].map((p) => encodeBase64(encodeUtf8(JSON.stringify(p, null, 1))));
    expect((await verifyAt(await withChain(chain), anchors)).standing).toBe('anchored');
  });

  it('has five issuers at most', async () => {
    let issuer = await authority.issue({ name: 'i', issuing: right(4) });
    for (let depth = 3; depth >= 0; depth -= 1)
      issuer = await issueBelow(issuer, { name: 'i', issuing: right(depth, { level: 1 }) });
    const leaf = await issueBelow(issuer);
    expect(leaf.passport.issuer_chain).toHaveLength(MAX_CHAIN_DEPTH);
    expect((await verifyAt(leaf.passport, anchors)).chain).toHaveLength(MAX_CHAIN_DEPTH);
    const tooDeep = await resign(
      { ...draftOf(leaf.passport), issuer_chain: [...leaf.passport.issuer_chain, 'AAAA'] },
      issuer.privateKey,
    );
    expect(await reasonFor(tooDeep)).toBe('chain_too_deep');
  });

  it('is not looked at, and not returned, below an anchor that nobody configured', async () => {
    const verified = await verifyAt(agent.passport, await createTrustAnchors([]));
    expect(verified).toMatchObject({ standing: 'unknown-anchor', staticLevel: 0, chain: [] });
  });

  it('is level 0 where it ends in a self-made root', async () => {
    const keys = await newKeys();
    const root: Draft = {
      ...draftOf(department.passport),
      issuer: 'self',
      public_key: keys.publicKey.jwk,
      trust_level: 4,
    };
    const forged = await resign(
      {
        ...draftOf(agent.passport),
        issuer: root['passport_id'],
        issuer_chain: chainOf(await resign(root, keys.privateKey)),
        trust_level: 4,
      },
      keys.privateKey,
    );
    expect(await verifyAt(forged, anchors)).toMatchObject({ standing: 'unknown-anchor', staticLevel: 0 });
  });
});

describe('entries that cannot be read', () => {
  it.each([
    ['base64url', () => ['--__']],
    ['no base64', () => ['{}']],
    [
      'base64 without its padding',
      () =>
        [chainOf(team.passport)[0]!.replace(/=*$/, ''), ...chainOf(department.passport)].map((e) =>
          e.length % 4 === 0 ? `${e}A` : e,
        ),
    ],
    ['no JSON', () => ['AAAA']],
    ['no passport', () => chainOf({ mcps_version: '1.0' })],
    ['an empty text', () => ['']],
  ])('%s', async (_name, chain) => {
    expect(await reasonFor(await withChain(chain()))).toBe('chain_malformed');
  });

  it('one that is not signed', async () => {
    const { signature: _signature, ...unsigned } = draftOf(team.passport);
    expect(await reasonFor(await withChain(chainOf(unsigned, department.passport)))).toBe('chain_malformed');
  });

  it('one that carries a chain of its own', async () => {
    const nested = await resign(
      { ...draftOf(team.passport), issuer_chain: chainOf(department.passport) },
      department.privateKey,
    );
    expect(await reasonFor(await withChain(chainOf(nested, department.passport)))).toBe('chain_malformed');
  });

  it('one that comes twice', async () => {
    expect(await reasonFor(await withChain(chainOf(team.passport, team.passport, department.passport)))).toBe(
      'chain_malformed',
    );
  });

  it('the passport itself', async () => {
    const self = await resign({ ...draftOf(agent.passport), issuer_chain: [] }, team.privateKey);
    expect(await reasonFor(await withChain(chainOf(self, team.passport, department.passport)))).toBe('chain_malformed');
  });

  it('any at all, where the issuer is an anchor', async () => {
    const direct = await authority.issue();
    const padded = await resign(
      { ...draftOf(direct.passport), issuer_chain: chainOf(department.passport) },
      authority.keys.privateKey,
    );
    expect(await reasonFor(padded)).toBe('chain_malformed');
  });

  it('one without a usable key', async () => {
    expect(await reasonFor(await belowTeam((draft) => (draft['public_key'] = null)))).toBe('chain_malformed');
    expect(await reasonFor(await belowTeam((draft) => (draft['public_key'].y = draft['public_key'].x)))).toBe(
      'chain_malformed',
    );
  });
});

describe('links', () => {
  it('a passport that does not name its issuer by id', async () => {
    for (const issuer of ['team', department.passport.passport_id, 'authority', 'self ']) {
      const draft = await resign({ ...draftOf(agent.passport), issuer }, team.privateKey);
      expect(await reasonFor(draft)).toBe('chain_link_mismatch');
    }
  });

  it('issuers in the wrong order, or one left out', async () => {
    expect(await reasonFor(await withChain(chainOf(department.passport, team.passport)))).toBe('chain_link_mismatch');
    expect(await reasonFor(await withChain(chainOf(department.passport)))).toBe('chain_link_mismatch');
  });

  it('a chain that stops short of the anchor is unknown', async () => {
    expect((await verifyAt(await withChain(chainOf(team.passport)), anchors)).standing).toBe('unknown-anchor');
  });

  it('an anchor named in the middle', async () => {
    const middle = await belowTeam((draft) => (draft['issuer'] = 'authority.example'));
    expect(await reasonFor(middle)).toBe('chain_link_mismatch');
    expect(await reasonFor(middle, { issuingRightOptional: true })).toBe('chain_link_mismatch');
  });
});

describe('signatures', () => {
  it('by the anchor, over the topmost', async () => {
    const stranger = await Authority.create();
    const forged = await resign(draftOf(department.passport), stranger.keys.privateKey);
    expect(await reasonFor(await withChain(chainOf(team.passport, forged)))).toBe('passport_signature_invalid');
  });

  it('by each issuer, over the next', async () => {
    const outsider = await authority.issue({ issuing: right(1) });
    expect(await reasonFor(await belowTeam(() => undefined, outsider))).toBe('passport_signature_invalid');
    expect(await reasonFor(await withChain([...agent.passport.issuer_chain], outsider))).toBe(
      'passport_signature_invalid',
    );
    // Signed by its grandparent: the parent named has not signed.
    expect(await reasonFor(await withChain([...agent.passport.issuer_chain], department))).toBe(
      'passport_signature_invalid',
    );
  });

  it('an issuer cannot raise its own rights', async () => {
    for (const change of [
      (draft: Draft) => (draft['ext'].issuing.level = 3),
      (draft: Draft) => (draft['ext'].issuing.capabilities = ['a', 'b', 'c']),
      (draft: Draft) => (draft['trust_level'] = 3),
    ]) {
      expect(await reasonFor(await belowTeam(change, team))).toBe('passport_signature_invalid');
    }
  });
});

describe('what an issuer may give', () => {
  it('nothing without the right', async () => {
    expect(await reasonFor(await belowTeam((draft) => delete draft['ext'].issuing))).toBe('issuing_not_permitted');
    expect(await reasonFor(await belowTeam((draft) => delete draft['ext']))).toBe('issuing_not_permitted');
  });

  it('less depth than its own', async () => {
    expect(await reasonFor(await belowTeam((draft) => (draft['ext'].issuing.depth = 1)))).toBe(
      'issuing_depth_exceeded',
    );
    const issuing = { issuing: right(0, { level: 2, capabilities: ['a'] }) };
    const leaf = await resign({ ...draftOf(agent.passport), ext: issuing }, team.privateKey);
    expect(await reasonFor(leaf)).toBe('issuing_depth_exceeded');
  });

  it('no higher level than its own or the one it may give', async () => {
    const leaf = await resign({ ...draftOf(agent.passport), trust_level: 3 }, team.privateKey);
    expect(await reasonFor(leaf)).toBe('issuing_level_exceeded');
    expect(await reasonFor(await belowTeam((draft) => (draft['trust_level'] = 1)))).toBe('issuing_level_exceeded');
    expect(await reasonFor(await belowTeam((draft) => (draft['ext'].issuing.level = 1)))).toBe(
      'issuing_level_exceeded',
    );
    expect(await reasonFor(await belowTeam((draft) => (draft['ext'].issuing.level = 4)))).toBe(
      'issuing_level_exceeded',
    );
    expect(await reasonFor(await belowTeam((draft) => (draft['trust_level'] = 4)))).toBe('issuing_level_exceeded');
  });

  it('no other capabilities', async () => {
    for (const capabilities of [['c'], ['a', 'c'], ['*'], ['A'], ['a ']]) {
      const draft = draftOf(agent.passport);
      draft['agent'].capabilities = capabilities;
      expect(await reasonFor(await resign(draft, team.privateKey))).toBe('issuing_capabilities_exceeded');
    }
    for (const capabilities of [[], ['b', 'a', 'b']]) {
      const draft = draftOf(agent.passport);
      draft['agent'].capabilities = capabilities;
      expect(await reasonFor(await resign(draft, team.privateKey))).toBeUndefined();
    }
  });

  it('no longer life', async () => {
    const expiresAt = Date.parse(team.passport.expires_at);
    const leaf = (ms: number) =>
      resign({ ...draftOf(agent.passport), expires_at: new Date(expiresAt + ms).toISOString() }, team.privateKey);
    expect(await reasonFor(await leaf(0))).toBeUndefined();
    expect(await reasonFor(await leaf(1))).toBe('issuing_expiry_exceeded');
  });

  it('and only while it is valid itself', async () => {
    const past = await belowTeam((draft) => (draft['expires_at'] = new Date(NOW).toISOString()));
    expect(await reasonFor(past)).toBe('chain_expired');
    const future = await belowTeam((draft) => (draft['issued_at'] = new Date(NOW + HOUR_MS).toISOString()));
    expect(await reasonFor(future)).toBe('passport_not_yet_valid');
  });

  it('with code MCPS-002 for an issuer that has expired, MCPS-001 for the rest', async () => {
    const past = await belowTeam((draft) => (draft['expires_at'] = new Date(NOW).toISOString()));
    await expect(verifyAt(past, anchors)).rejects.toMatchObject({ code: 'MCPS-002' });
    const depth = await belowTeam((draft) => (draft['ext'].issuing.depth = 1));
    await expect(verifyAt(depth, anchors)).rejects.toMatchObject({ code: 'MCPS-001' });
  });
});

describe('published chains, without the right to issue', () => {
  const compatibility = { issuingRightOptional: true };
  let parent: Holder;

  const childOf = async (change: Draft = {}): Promise<Draft> => {
    const base = {
      ...draftOf(agent.passport),
      issuer: 'parent by some name',
      issuer_chain: chainOf(parent.passport),
      trust_level: 2,
      expires_at: parent.passport.expires_at,
    };
    return resign({ ...base, ...change }, parent.privateKey);
  };

  beforeAll(async () => {
    parent = await authority.issue({
      name: 'parent',
      trustLevel: 2,
      capabilities: ['a', '*'],
      expiresAtMs: NOW + DAY_MS,
    });
  });

  it('are refused unless asked for by name', async () => {
    expect(await reasonFor(await childOf())).toBe('chain_link_mismatch');
    expect(await reasonFor(await childOf({ issuer: parent.passport.passport_id }))).toBe('issuing_not_permitted');
    expect(await verifyAt(await childOf(), anchors, { compatibility })).toMatchObject({
      standing: 'anchored',
      staticLevel: 2,
    });
  });

  it('still exceed nothing of their issuer', async () => {
    expect(await reasonFor(await childOf({ trust_level: 3 }), compatibility)).toBe('issuing_level_exceeded');
    expect(
      await reasonFor(await childOf({ expires_at: new Date(NOW + DAY_MS + 1).toISOString() }), compatibility),
    ).toBe('issuing_expiry_exceeded');
    for (const capabilities of [['b'], ['*']]) {
      const exceeding = await childOf({ agent: { ...draftOf(agent.passport)['agent'], capabilities } });
      expect(await reasonFor(exceeding, compatibility)).toBe('issuing_capabilities_exceeded');
    }
  });

  it('are still signed', async () => {
    const forged = await resign(await childOf(), agent.privateKey);
    expect(await reasonFor(forged, compatibility)).toBe('passport_signature_invalid');
  });

  it('cannot say that they vouch for themselves, nor that an anchor does', async () => {
    expect(await reasonFor(await childOf({ issuer: 'self' }), compatibility)).toBe('chain_malformed');
    expect(await reasonFor(await childOf({ issuer: 'authority.example' }), compatibility)).toBe('chain_malformed');
  });

  it('nor can one in the middle', async () => {
    const keys = await newKeys();
    const below = async (issuer: string) => {
      const middle = await childOf({
        passport_id: `asp_${'6'.repeat(32)}`,
        issuer,
        issuer_chain: [],
        public_key: keys.publicKey.jwk,
      });
      const leaf = { ...(await childOf()), issuer: 'middle', issuer_chain: chainOf(middle, parent.passport) };
      return reasonFor(await resign(leaf, keys.privateKey), compatibility);
    };
    expect(await below('parent by some name')).toBeUndefined();
    expect(await below('self')).toBe('chain_link_mismatch');
    expect(await below('authority.example')).toBe('chain_link_mismatch');
  });

  it('do not loosen a right that is there', async () => {
    const leaf = await resign({ ...draftOf(agent.passport), issuer: 'team' }, team.privateKey);
    expect(await reasonFor(leaf, compatibility)).toBe('chain_link_mismatch');
    // department may have one level of issuers below it; an agent without any right is a second one.
    const grandchild = await resign(
      {
        ...draftOf(agent.passport),
        issuer: 'agent',
        issuer_chain: chainOf(agent0.passport, team.passport, department.passport),
        trust_level: 1,
      },
      agent0.privateKey,
    );
    expect(await reasonFor(grandchild, compatibility)).toBe('issuing_depth_exceeded');
  });

  let agent0: Holder;
  beforeAll(async () => {
    const keys = await newKeys();
    const passport = await resign(
      {
        ...draftOf(agent.passport),
        passport_id: `asp_${'5'.repeat(32)}`,
        issuer_chain: [],
        public_key: keys.publicKey.jwk,
      },
      team.privateKey,
    );
    agent0 = { ...keys, passport: passport as never, chain: [] };
  });
});
