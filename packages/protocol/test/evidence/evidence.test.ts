import { canonicalizeToBytes, encodeBase64, encodeUtf8, sign } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEvidence, createPassport, createTrustAnchors, signPassport, staticTrustLevel } from '../../src/index.js';
import type { CreateEvidenceOptions, Evidence, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import {
  Authority,
  DAY_MS,
  HOUR_MS,
  NOW,
  draftOf,
  issueBelow,
  newKeys,
  resign,
  right,
  verifyAt,
} from '../passport/world.js';
import type { Draft, Holder, Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

let authority: Authority;
let lab: Authority;
let anchors: TrustAnchors;
let agent: Holder;

beforeAll(async () => {
  authority = await Authority.create();
  lab = await Authority.create('lab.example');
  anchors = await createTrustAnchors([authority.options(), lab.options()]);
  agent = await authority.issue({ trustLevel: 4, expiresAtMs: NOW + DAY_MS });
});

type Extra = Partial<CreateEvidenceOptions> & { readonly by?: Keys };

function evidence(type: 'scan' | 'audit', { by = lab.keys, ...extra }: Extra = {}): Promise<Evidence> {
  const lifetime = { issuedAtMs: NOW - HOUR_MS, expiresAtMs: NOW + HOUR_MS };
  return createEvidence(
    { type, issuer: 'lab.example', passport: agent.passport, ...lifetime, ...extra },
    by.privateKey,
  );
}

/** The agent's passport with evidence in it, signed by its authority as it stands. */
async function withEvidence(
  list: readonly (Evidence | Draft)[],
  change: Draft = {},
  at = anchors,
): Promise<VerifiedPassport> {
  const draft = { ...draftOf(agent.passport), ext: { evidence: list }, ...change };
  return verifyAt(await resign(draft, authority.keys.privateKey), at);
}

/** Evidence that says something else than was asked for, but is properly signed. */
async function rewritten(original: Evidence, change: Draft): Promise<Draft> {
  const { signature: _signature, ...rest } = { ...draftOf(original), ...change };
  const canonical = canonicalizeToBytes(rest);
  const prefix = encodeUtf8('mcps/1.0:evidence\0');
  const data = new Uint8Array([...prefix, ...canonical]);
  return { ...rest, signature: encodeBase64(await sign(lab.keys.privateKey, data)) };
}

describe('levels', () => {
  it('2 without evidence, 3 with a scan, 4 with a scan and an audit', async () => {
    const [scan, audit] = [await evidence('scan'), await evidence('audit')];
    expect((await withEvidence([])).staticLevel).toBe(2);
    expect((await withEvidence([scan])).staticLevel).toBe(3);
    expect((await withEvidence([audit])).staticLevel).toBe(2);
    const both = await withEvidence([audit, scan]);
    expect(both.staticLevel).toBe(4);
    expect(both.evidence).toEqual({ scanUntilMs: NOW + HOUR_MS, auditUntilMs: NOW + HOUR_MS });
  });

  it('never above the claim or the anchor\u2019s ceiling', async () => {
    const list = [await evidence('scan'), await evidence('audit')];
    expect((await withEvidence(list, { trust_level: 3 })).staticLevel).toBe(3);
    expect((await withEvidence(list, { trust_level: 1 })).staticLevel).toBe(1);
    const capped = await createTrustAnchors([authority.options({ ceiling: { level: 2 } }), lab.options()]);
    expect((await withEvidence(list, {}, capped)).staticLevel).toBe(2);
  });

  it('sink as evidence expires', async () => {
    const scan = await evidence('scan');
    const audit = await evidence('audit', { expiresAtMs: NOW + 1000 });
    const verified = await withEvidence([scan, audit]);
    expect(staticTrustLevel(verified)).toBe(4);
    expect(staticTrustLevel(verified, NOW + 999)).toBe(4);
    expect(staticTrustLevel(verified, NOW + 1000)).toBe(3);
    expect(staticTrustLevel(verified, NOW + HOUR_MS)).toBe(2);
  });

  it('the longest of several counts', async () => {
    const list = [
      await evidence('scan', { expiresAtMs: NOW + 1 }),
      await evidence('scan'),
      await evidence('scan', { expiresAtMs: NOW + 2 }),
    ];
    expect((await withEvidence(list)).evidence.scanUntilMs).toBe(NOW + HOUR_MS);
  });

  it('evidence counts below a delegated issuer too, and lends nothing to a passport of nobody', async () => {
    const scan = await evidence('scan');
    const issuer = await authority.issue({ trustLevel: 4, issuing: right(0), expiresAtMs: NOW + DAY_MS });
    const below = await issueBelow(issuer, { trustLevel: 3, evidence: [scan] }, agent);
    expect((await verifyAt(below.passport, anchors)).staticLevel).toBe(3);
    const self = createPassport({
      name: 'agent',
      version: '1.0.0',
      publicKey: agent.publicKey,
      trustLevel: 4,
      evidence: [scan],
      issuedAtMs: NOW - 1,
    });
    const verified = await verifyAt(await signPassport(self, agent.privateKey), anchors);
    expect(verified).toMatchObject({ staticLevel: 0, evidence: {} });
  });
});

describe('evidence that does not count leaves level 2', () => {
  const levelWith = async (list: readonly (Evidence | Draft)[], at = anchors) =>
    (await withEvidence(list, {}, at)).staticLevel;

  it('expired, to the millisecond', async () => {
    expect(await levelWith([await evidence('scan', { expiresAtMs: NOW })])).toBe(2);
    expect((await withEvidence([await evidence('scan', { expiresAtMs: NOW })])).evidence).toEqual({});
    expect(await levelWith([await evidence('scan', { expiresAtMs: NOW + 1 })])).toBe(3);
  });

  it('from the future', async () => {
    expect(await levelWith([await evidence('scan', { issuedAtMs: NOW + 60_001 })])).toBe(2);
    expect(await levelWith([await evidence('scan', { issuedAtMs: NOW + 60_000 })])).toBe(3);
  });

  it('outliving its passport', async () => {
    expect(await levelWith([await evidence('scan', { expiresAtMs: NOW + DAY_MS })])).toBe(3);
    expect(await levelWith([await evidence('scan', { expiresAtMs: NOW + DAY_MS + 1 })])).toBe(2);
  });

  it('about another version, name or key', async () => {
    const scan = await evidence('scan');
    const { publicKey } = await newKeys();
    const about = (change: Draft) => rewritten(scan, { subject: { ...scan.subject, ...change } });
    expect(await levelWith([await about({})])).toBe(3);
    expect(await levelWith([await about({ version: '1.0.1' })])).toBe(2);
    expect(await levelWith([await about({ name: 'other' })])).toBe(2);
    expect(await levelWith([await about({ key: publicKey.thumbprint })])).toBe(2);
  });

  it('by an issuer that nobody configured, or with another key', async () => {
    const stranger = await Authority.create('stranger.example');
    expect(await levelWith([await evidence('scan', { issuer: 'stranger.example', by: stranger.keys })])).toBe(2);
    expect(await levelWith([await evidence('scan', { by: stranger.keys })])).toBe(2);
    expect(await levelWith([await evidence('scan', { by: authority.keys })])).toBe(2);
    expect(await levelWith([await evidence('scan', { by: agent })])).toBe(2);
  });

  it('by an issuer whose ceiling is too low', async () => {
    const list = [await evidence('scan'), await evidence('audit')];
    const ceiling = (level: 1 | 2 | 3) =>
      createTrustAnchors([authority.options(), lab.options({ ceiling: { level } })]);
    expect(await levelWith(list, await ceiling(2))).toBe(2);
    expect(await levelWith(list, await ceiling(3))).toBe(3);
  });

  it('signed by a passport key where the anchor has evidence keys of its own', async () => {
    const scanner = await newKeys();
    const separate = await createTrustAnchors([
      authority.options(),
      lab.options({ evidenceKeys: [scanner.publicKey] }),
    ]);
    expect(await levelWith([await evidence('scan')], separate)).toBe(2);
    expect(await levelWith([await evidence('scan', { by: scanner })], separate)).toBe(3);
  });

  it('changed after it was signed', async () => {
    const scan = await evidence('scan');
    for (const change of [
      { type: 'audit' },
      { expires_at: new Date(NOW + 2 * HOUR_MS).toISOString() },
      { subject: { ...scan.subject, digest: 'a'.repeat(64) } },
    ]) {
      expect(await levelWith([{ ...scan, ...change }])).toBe(2);
    }
    const audit = { ...(await evidence('audit')), type: 'scan' };
    expect(await levelWith([audit])).toBe(2);
  });

  it('signed without its context: a passport signature says nothing about a scan', async () => {
    const { signature: _signature, ...rest } = await evidence('scan');
    const bare = { ...rest, signature: encodeBase64(await sign(lab.keys.privateKey, canonicalizeToBytes(rest))) };
    expect(await levelWith([bare])).toBe(2);
  });
});

describe('malformed evidence makes the passport malformed', () => {
  it.each<[string, Draft]>([
    ['another result', { result: 'fail' }],
    ['another type', { type: 'review' }],
    ['more members', { note: 'x' }],
    ['a thumbprint that is none', { subject: { name: 'a', version: '1', key: 'short' } }],
    ['a subject without a key', { subject: { name: 'a', version: '1' } }],
    ['a digest that is none', { subject: { name: 'a', version: '1', key: 'A'.repeat(43), digest: 'x' } }],
    ['no time', { expires_at: 'later' }],
    ['no signature', { signature: '' }],
    ['no issuer', { issuer: '' }],
  ])('%s', async (_name, change) => {
    const scan = { ...(await evidence('scan')), ...change };
    expect(await rejectionOf(withEvidence([scan]))).toBe('passport_malformed');
  });

  it('more than eight', async () => {
    // Short names keep nine of them within the size of a passport.
    const scan = await evidence('scan');
    expect((await withEvidence(Array.from({ length: 8 }, () => scan))).staticLevel).toBe(3);
    expect(await rejectionOf(withEvidence(Array.from({ length: 9 }, () => scan)))).toBe('passport_malformed');
  });
});

it('createEvidence refuses what no verifier would read', async () => {
  await expect(evidence('scan', { digest: 'no hash' })).rejects.toMatchObject({ code: 'option_invalid' });
  await expect(evidence('scan', { issuer: '' })).rejects.toMatchObject({ code: 'option_invalid' });
  await expect(evidence('review' as 'scan')).rejects.toMatchObject({ code: 'option_invalid' });
  await expect(evidence('scan', { passport: { ...agent.passport, public_key: null } })).rejects.toMatchObject({
    code: 'option_invalid',
  });
  expect((await evidence('scan', { digest: 'a'.repeat(64) })).subject.digest).toBe('a'.repeat(64));
});
