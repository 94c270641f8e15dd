import { canonicalizeToBytes, encodeBase64, encodeUtf8, exportPublicPem, sha256Hex, sign } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { previousKeyHash, rotatePassport, signPassport, verifyRotation, verifyRotationProof } from '../../src/index.js';
import type { RotationProof, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { Authority, NOW, draftOf, newKeys, resign, right, verifyAt } from './world.js';
import type { Draft, Holder, Keys } from './world.js';

/** The bytes of an artefact's signature, put together by hand. */
const under = (context: string, canonical: Uint8Array) =>
  new Uint8Array([...encodeUtf8(`mcps/1.0:${context}\0`), ...canonical]);

let authority: Authority;
let anchors: TrustAnchors;
let agent: Holder;
let next: Keys;
let previous: VerifiedPassport;
let successor: VerifiedPassport;
let proof: RotationProof;

beforeAll(async () => {
  authority = await Authority.create();
  anchors = await authority.anchors();
  agent = await authority.issue({
    trustLevel: 2,
    capabilities: ['a'],
    origin: 'https://agent.example',
    minVersion: '1.0',
    issuing: right(0),
    statusIndex: 4,
  });
  next = await newKeys();
  const rotated = await rotatePassport({
    current: agent.passport,
    currentKey: agent.privateKey,
    newPublicKey: next.publicKey,
    issuedAtMs: NOW,
    ttlSeconds: 3600,
  });
  proof = rotated.proof;
  previous = await verifyAt(agent.passport, anchors);
  successor = await verifyAt(await signPassport(rotated.passport, authority.keys.privateKey), anchors);
});

it('hashes the PEM text of a key', async () => {
  const pem = await exportPublicPem(agent.publicKey);
  expect(await previousKeyHash(agent.publicKey.jwk)).toBe(await sha256Hex(new TextEncoder().encode(pem)));
});

it('changes the key, the id, the time, and nothing else', () => {
  const { passport } = successor;
  expect(passport).toMatchObject({
    agent: agent.passport.agent,
    origin: 'https://agent.example',
    trust_level: 2,
    issuer: 'authority.example',
    public_key: next.publicKey.jwk,
    ext: { issuing: right(0), min_version: '1.0' },
  });
  expect(passport.ext?.status_index).toBeUndefined();
  expect(passport.passport_id).not.toBe(agent.passport.passport_id);
  expect(passport.key_rotation?.rotated_at).toBe('2026-03-01T12:00:00.000Z');
});

describe('a rotation', () => {
  it('holds below one anchor, with and without a proof', async () => {
    await verifyRotation(previous, successor);
    await verifyRotation(previous, successor, { proof });
    await verifyRotation(previous, successor, { proof: JSON.parse(JSON.stringify(proof)) });
  });

  const rewritten = async (change: (draft: Draft) => void, signer = authority): Promise<VerifiedPassport> => {
    const draft = draftOf(successor.passport);
    change(draft);
    return verifyAt(await resign(draft, signer.keys.privateKey), await signer.anchors());
  };

  it.each<[string, (draft: Draft) => void]>([
    ['without key_rotation', (d) => delete d['key_rotation']],
    ['of another key', (d) => (d['key_rotation'].previous_key_hash = '0'.repeat(64))],
    ['of another agent', (d) => (d['agent'].name = 'other')],
    ['before the passport existed', (d) => (d['key_rotation'].rotated_at = '2026-01-01T00:00:00Z')],
    ['that keeps the id', (d) => (d['passport_id'] = agent.passport.passport_id)],
    ['that keeps the key', (d) => (d['public_key'] = agent.passport.public_key)],
  ])('%s is refused', async (_name, change) => {
    expect(await rejectionOf(verifyRotation(previous, await rewritten(change)))).toBe('rotation_invalid');
  });

  it('by another anchor is refused', async () => {
    const other = await Authority.create('other.example');
    const foreign = await rewritten((draft) => (draft['issuer'] = 'other.example'), other);
    expect(foreign.standing).toBe('anchored');
    expect(await rejectionOf(verifyRotation(previous, foreign, { proof }))).toBe('rotation_invalid');
  });

  it.each<[string, Draft]>([
    ['signature', { signature: `${'A'.repeat(86)}==` }],
    ['new_key', { new_key: 'A'.repeat(43) }],
    ['passport_id', { passport_id: `asp_${'0'.repeat(32)}` }],
    ['rotated_at', { rotated_at: '2026-03-01T12:00:00Z' }],
    ['previous_key_hash', { previous_key_hash: '0'.repeat(64) }],
    ['more members', { extra: 1 }],
  ])('with a proof with another %s is refused', async (_name, change) => {
    expect(await rejectionOf(verifyRotation(previous, successor, { proof: { ...proof, ...change } }))).toBe(
      'rotation_invalid',
    );
  });

  it.each<[string, Draft]>([
    ['new_key', { new_key: 'A'.repeat(43) }],
    ['passport_id', { passport_id: `asp_${'0'.repeat(32)}` }],
    ['rotated_at', { rotated_at: '2026-03-01T12:00:00Z' }],
    ['previous_key_hash', { previous_key_hash: '0'.repeat(64) }],
  ])('with another %s is refused though the old key has signed it', async (_name, change) => {
    const { signature: _signature, ...statement } = { ...proof, ...change };
    const signed = async (data: Uint8Array) => encodeBase64(await sign(agent.privateKey, data));
    const canonical = canonicalizeToBytes(statement);
    const wrong = { ...statement, signature: await signed(under('rotation', canonical)) };
    expect(await rejectionOf(verifyRotation(previous, successor, { proof: wrong }))).toBe('rotation_invalid');
    const { signature: _s, ...right } = proof;
    for (const context of ['rotation', 'evidence']) {
      const again = { ...right, signature: await signed(under(context, canonicalizeToBytes(right))) };
      const expected = context === 'rotation' ? undefined : 'rotation_invalid';
      expect(await rejectionOf(verifyRotation(previous, successor, { proof: again }))).toBe(expected);
    }
  });

  it.each([null, 'proof', [], {}])('with %j for a proof is refused', async (wrong) => {
    expect(await rejectionOf(verifyRotation(previous, successor, { proof: wrong }))).toBe('rotation_invalid');
  });

  it('takes nothing but verified passports', async () => {
    // @ts-expect-error a copy is not verified
    await expect(verifyRotation({ ...previous }, successor)).rejects.toBeInstanceOf(TypeError);
    // @ts-expect-error a copy is not verified
    await expect(verifyRotation(previous, { ...successor })).rejects.toBeInstanceOf(TypeError);
  });
});

describe('passports that nobody vouches for', () => {
  const selfMade = async (draft: Draft, keys: Keys) =>
    verifyAt(await resign({ ...draft, issuer: 'self' }, keys.privateKey), anchors);

  it('need the word of the old key', async () => {
    const old = await selfMade(draftOf(agent.passport), agent);
    const own = await rotatePassport({
      current: old.passport,
      currentKey: agent.privateKey,
      newPublicKey: next.publicKey,
      issuedAtMs: NOW,
    });
    const fresh = await verifyAt(await signPassport(own.passport, next.privateKey), anchors);
    await verifyRotation(old, fresh, { proof: own.proof });
    expect(await rejectionOf(verifyRotation(old, fresh))).toBe('rotation_invalid');
    const thief = await newKeys();
    const stolen = await selfMade({ ...draftOf(fresh.passport), public_key: thief.publicKey.jwk }, thief);
    expect(await rejectionOf(verifyRotation(old, stolen, { proof: own.proof }))).toBe('rotation_invalid');
    const bySomebody = await rotatePassport({
      current: { ...old.passport, public_key: thief.publicKey.jwk },
      currentKey: thief.privateKey,
      newPublicKey: next.publicKey,
      issuedAtMs: NOW,
    });
    const lie = { ...bySomebody.proof, previous_key_hash: own.proof.previous_key_hash };
    expect(await rejectionOf(verifyRotation(old, fresh, { proof: lie }))).toBe('rotation_invalid');
  });
});

it('refuses mistakes of the caller', async () => {
  const base = { current: agent.passport, currentKey: agent.privateKey, newPublicKey: next.publicKey };
  const thief = await newKeys();
  await expect(rotatePassport({ ...base, currentKey: thief.privateKey })).rejects.toMatchObject({
    code: 'key_mismatch',
  });
  await expect(rotatePassport({ ...base, newPublicKey: agent.publicKey })).rejects.toMatchObject({
    code: 'option_invalid',
  });
  await expect(rotatePassport({ ...base, current: { ...agent.passport, public_key: null } })).rejects.toMatchObject({
    code: 'option_invalid',
  });
});

describe('a rotation proof, before there is a successor', () => {
  const options = () => ({ previousId: previous.id, previousKey: agent.publicKey, newKey: next.publicKey });

  it('tells when the old key wanted the new one', async () => {
    expect(await verifyRotationProof(proof, options())).toEqual({ proof, rotatedAtMs: NOW });
  });

  it.each<[string, (draft: Draft) => void]>([
    ['altered in its time', (d) => (d['rotated_at'] = '2026-03-01T12:00:00.001Z')],
    ['naming another passport', (d) => (d['passport_id'] = 'asp_00000000000000000000000000000000')],
    ['naming another old key', (d) => (d['previous_key_hash'] = '0'.repeat(64))],
    ['naming another new key', (d) => (d['new_key'] = 'A'.repeat(43))],
    ['without a signature', (d) => delete d['signature']],
    ['with one member too many', (d) => (d['more'] = 1)],
  ])('is refused when %s', async (_name, change) => {
    const draft = { ...proof } as unknown as Draft;
    change(draft);
    expect(await rejectionOf(verifyRotationProof(draft, options()))).toBe('rotation_invalid');
  });

  it('is refused for another passport, another old key, another new key, and for no change of the key', async () => {
    const stranger = await newKeys();
    for (const wrong of [
      { previousId: 'asp_00000000000000000000000000000000' },
      { previousKey: stranger.publicKey },
      { newKey: stranger.publicKey },
      { newKey: agent.publicKey },
    ]) {
      const refused = verifyRotationProof(proof, { ...options(), ...wrong });
      expect(await rejectionOf(refused)).toBe('rotation_invalid');
    }
  });
});
