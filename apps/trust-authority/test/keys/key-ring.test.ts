import { join } from 'node:path';
import { encodeUtf8, sign, verify } from '@mcps/crypto';
import { KeySets, createTrustAnchors, issuePassport, parsePassport, verifyPassport } from '@mcps/protocol';
import { generateKeyPair } from '@mcps/crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { openFileCustody } from '../../src/custody/encrypted-file/file-custody.js';
import { openKeyRing } from '../../src/keys/open-key-ring.js';
import type { KeysBefore } from '../../src/keys/key-ring.js';
import type { KeyRingOptions } from '../../src/keys/open-key-ring.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { describeDatabases, temporaryFolder } from '../support/databases.js';

const data = encodeUtf8('data');

describeDatabases('the ring of keys', (kind) => {
  const stores: Store[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });
  const custodyIn = (folder: string) =>
    openFileCustody({ folder, passphrase: 'a passphrase for tests', scrypt: { n: 2 ** 14, r: 8, p: 1 } });

  async function place() {
    const location = await kind.create();
    const folder = join(temporaryFolder(), 'keys');
    return {
      folder,
      open: async (options: Partial<KeyRingOptions> = {}) => {
        const store = await openStore(location);
        stores.push(store);
        await migrate(store);
        return openKeyRing({ store, custody: await custodyIn(folder), issuer: 'test-authority', ...options });
      },
    };
  }

  it('makes its keys at the first start and finds them at the next', async () => {
    const { open, folder } = await place();
    const first = await open();
    expect(await (await custodyIn(folder)).names()).toEqual(['evidence-1', 'intermediate-1', 'root-1', 'status-1']);
    const again = await open();
    expect(again.anchor()).toEqual(first.anchor());
    expect(again.published().map(({ name }) => name)).toEqual(['root-1', 'intermediate-1', 'status-1', 'evidence-1']);
    expect(again.intermediates()).toEqual(first.intermediates());
    expect(new Set(first.published().map(({ thumbprint }) => thumbprint)).size).toBe(4);
    for (const key of [again.status(), again.evidence(), again.issuing().key]) {
      expect(await verify(key.publicKey, data, await sign(key, data))).toBe(true);
    }
  });

  it('issues passports that verify with the anchor alone', async () => {
    const { open } = await place();
    const ring = await open();
    const agent = await generateKeyPair();
    const passport = await issuePassport({
      authority: ring.issuing(),
      subject: { name: 'agent', version: '1.0.0', publicKey: agent.publicKey },
    });
    const anchors = await createTrustAnchors([ring.anchor()]);
    const verified = await verifyPassport(parsePassport(passport), { anchors });
    expect(verified.passport.passport_id).toBe(passport.passport_id);
    const strangers = await createTrustAnchors([{ ...ring.anchor(), keys: [agent.publicKey.jwk] }]);
    await expect(verifyPassport(parsePassport(passport), { anchors: strangers })).rejects.toMatchObject({
      reason: 'passport_signature_invalid',
    });
  });

  it('makes one set of keys when two replicas start at once', async () => {
    const { open } = await place();
    const rings = await Promise.all([open(), open()]);
    expect(rings[1].anchor()).toEqual(rings[0].anchor());
    expect(rings[1].intermediates()).toEqual(rings[0].intermediates());
  });

  it('goes on after a start that was interrupted between making the keys and recording them', async () => {
    const { open, folder } = await place();
    const custody = await custodyIn(folder);
    const root = await custody.create('root-1');
    const ring = await open();
    expect(ring.anchor().keys).toEqual([root.publicKey.jwk]);
  });

  it('refuses to go on without a key, or with another one in its place', async () => {
    const { open, folder } = await place();
    await open();
    const custody = await custodyIn(folder);
    await custody.remove('status-1');
    await expect(open()).rejects.toMatchObject({ code: 'custody_key_missing' });
    await custody.create('status-1');
    await expect(open()).rejects.toMatchObject({ code: 'custody_key_malformed' });
  });

  it('needs no root from day to day, and a root that is elsewhere where keys change', async () => {
    const { open, folder } = await place();
    const offline = await custodyIn(join(temporaryFolder(), 'root'));
    await open({ rootCustody: offline });
    const before = ['evidence-1', 'intermediate-1', 'status-1'];
    expect(await (await custodyIn(folder)).names()).toEqual(before);
    const online = await open();
    for (const purpose of ['status', 'evidence', 'passport', 'root'] as const) {
      await expect(online.rotate(purpose)).rejects.toMatchObject({ code: 'custody_key_missing' });
    }
    await expect(online.renewKeySet()).rejects.toMatchObject({ code: 'custody_key_missing' });
    expect(await (await custodyIn(folder)).names()).toEqual(before);
    const atTheRoot = await open({ rootCustody: offline });
    expect(await atTheRoot.rotate('passport')).toMatchObject({ name: 'intermediate-2' });
    await online.refresh();
    expect(online.issuing().passport).toEqual(atTheRoot.issuing().passport);
    expect(online.keySet()).toEqual(atTheRoot.keySet());
  });

  it.each(['status', 'evidence'] as const)(
    'publishes a new %s key, signs with it once everybody knows of it, and lets the old one count for a while',
    async (purpose) => {
      const { open } = await place();
      let nowMs = Date.now();
      const clock = () => nowMs;
      const ring = await open({ clock, leadSeconds: 3600, overlapSeconds: 60 });
      // As a verifier that was configured once.
      const follower = new KeySets({ anchors: await createTrustAnchors([ring.anchor()]), clock });
      const known = () => follower.anchors.get('test-authority')![`${purpose}Keys`].map(({ jwk }) => jwk);
      const changed = vi.fn();
      ring.onChange(changed);
      const before = ring[purpose]();
      const made = await ring.rotate(purpose);
      expect(made.thumbprint).not.toBe(before.publicKey.thumbprint);
      expect(changed).toHaveBeenCalledTimes(1);
      const published = () => ring.anchor()[`${purpose}Keys`];
      const both = [made.jwk, before.publicKey.jwk];
      expect(published()).toEqual(both);
      await follower.update(ring.keySet()!);
      expect(known()).toEqual(both);
      nowMs += 3_599_999;
      expect(ring[purpose]().publicKey.thumbprint).toBe(before.publicKey.thumbprint);
      nowMs += 1;
      expect(ring[purpose]().publicKey.thumbprint).toBe(made.thumbprint);
      nowMs += 59_999;
      expect([published(), known()]).toEqual([both, both]);
      nowMs += 1;
      expect([published(), known()]).toEqual([[made.jwk], [made.jwk]]);
      const reopened = await open({ clock });
      expect(reopened[purpose]().publicKey.thumbprint).toBe(made.thumbprint);
    },
  );

  it('puts a compromised key out of use at once, and one that was to follow it', async () => {
    const { open } = await place();
    const ring = await open();
    const follower = new KeySets({ anchors: await createTrustAnchors([ring.anchor()]) });
    const before = ring.status();
    const told: KeysBefore[] = [];
    await ring.rotate('status');
    ring.onChange((keys) => told.push(keys));
    const made = await ring.rotate('status', { isCompromised: true });
    expect(made.name).toBe('status-3');
    expect(ring.status().publicKey.thumbprint).toBe(made.thumbprint);
    expect(ring.anchor().statusKeys).toEqual([made.jwk]);
    await follower.update(ring.keySet()!);
    expect(follower.anchors.get('test-authority')!.statusKeys.map(({ jwk }) => jwk)).toEqual([made.jwk]);
    // Those who listen are told by the key that they know.
    expect(told).toEqual([{ status: before }]);
    for (const purpose of ['root', 'passport'] as const) {
      await expect(ring.rotate(purpose, { isCompromised: true })).rejects.toMatchObject({ code: 'request_invalid' });
    }
  });

  it('goes over to a new root, which the old one vouches for while its own time lasts', async () => {
    const { open } = await place();
    let nowMs = Date.now();
    const clock = () => nowMs;
    const ring = await open({ clock, leadSeconds: 60, overlapSeconds: 86_400 });
    const anchor = ring.anchor();
    const follower = new KeySets({ anchors: await createTrustAnchors([anchor]), clock });
    const issue = async () => {
      const { publicKey } = await generateKeyPair();
      const subject = { name: 'agent', version: '1.0.0', publicKey };
      return parsePassport(await issuePassport({ authority: ring.issuing(), subject, issuedAtMs: nowMs }));
    };
    const made = await ring.rotate('root');
    expect(made.name).toBe('root-2');
    expect(ring.anchor().keys).toEqual([made.jwk, ...anchor.keys]);
    await verifyPassport(await issue(), { anchors: follower.anchors, clock });
    nowMs += 60_000;
    const below = await issue();
    await expect(verifyPassport(below, { anchors: follower.anchors, clock })).rejects.toMatchObject({
      reason: 'passport_signature_invalid',
    });
    await follower.update(ring.keySet()!);
    await verifyPassport(below, { anchors: follower.anchors, clock });
    // Whoever is configured with the new root alone has to wait for key sets until it signs them.
    const alone = new KeySets({ anchors: await createTrustAnchors([{ ...anchor, keys: [made.jwk] }]), clock });
    await expect(alone.update(await ring.renewKeySet())).rejects.toMatchObject({ reason: 'status_invalid' });
    nowMs += 86_400_000;
    await alone.update(await ring.renewKeySet());
    await expect(follower.update(ring.keySet()!)).rejects.toMatchObject({ reason: 'status_invalid' });
  });

  it('has one key set after the other, whoever makes them', async () => {
    const { open } = await place();
    let nowMs = Date.now();
    const clock = () => nowMs;
    const [one, other] = [await open({ clock }), await open({ clock })];
    expect(one.keySet()).toEqual(other.keySet());
    const outcomes = await Promise.allSettled([one.rotate('status'), other.rotate('evidence'), one.renewKeySet()]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    await Promise.all([one.refresh(), other.refresh()]);
    expect(one.keySet()).toEqual(other.keySet());
    // What was recorded is named, whoever was first.
    const named = one.keySet()!.keys.map(({ jwk }) => jwk.x);
    const published = one.published().filter(({ purpose }) => purpose !== 'passport');
    expect(named).toEqual(published.map(({ jwk }) => jwk.x));
    const { number } = one.keySet()!;
    nowMs -= 1000;
    expect((await one.renewKeySet()).number).toBe(number + 1);
    expect(one.needsKeySet()).toBe(false);
    nowMs += 365 * 86_400_000 * 0.67;
    expect(one.needsKeySet()).toBe(true);
  });

  it('is followed by other replicas', async () => {
    const { open } = await place();
    const [one, other] = [await open({ leadSeconds: 0 }), await open({ leadSeconds: 0 })];
    const changed = vi.fn();
    other.onChange(changed);
    await one.rotate('status');
    expect(other.status().publicKey.thumbprint).not.toBe(one.status().publicKey.thumbprint);
    await other.refresh();
    expect(other.status().publicKey.thumbprint).toBe(one.status().publicKey.thumbprint);
    await other.refresh();
    expect(changed).toHaveBeenCalledTimes(1);
    await other.rotate('status');
    expect(other.published().map(({ name }) => name)).toContain('status-3');
  });
});
