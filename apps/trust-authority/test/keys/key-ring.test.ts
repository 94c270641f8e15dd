import { join } from 'node:path';
import { encodeUtf8, sign, verify } from '@mcps/crypto';
import { createTrustAnchors, issuePassport, parsePassport, verifyPassport } from '@mcps/protocol';
import { generateKeyPair } from '@mcps/crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { openFileCustody } from '../../src/custody/encrypted-file/file-custody.js';
import { openKeyRing } from '../../src/keys/open-key-ring.js';
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

  it('needs no root from day to day, and a root that is elsewhere where it is needed', async () => {
    const { open, folder } = await place();
    const offline = await custodyIn(join(temporaryFolder(), 'root'));
    await open({ rootCustody: offline });
    expect(await (await custodyIn(folder)).names()).toEqual(['evidence-1', 'intermediate-1', 'status-1']);
    const online = await open();
    await online.rotate('status');
    await expect(online.rotate('passport')).rejects.toMatchObject({ code: 'custody_key_missing' });
    const atTheRoot = await open({ rootCustody: offline });
    expect(await atTheRoot.rotate('passport')).toMatchObject({ name: 'intermediate-2' });
    await online.refresh();
    expect(online.issuing().passport).toEqual(atTheRoot.issuing().passport);
  });

  it.each(['status', 'evidence'] as const)(
    'signs with a new %s key, while the old one still counts',
    async (purpose) => {
      const { open } = await place();
      let nowMs = Date.now();
      const ring = await open({ clock: () => nowMs, overlapSeconds: 60 });
      const changed = vi.fn();
      ring.onChange(changed);
      const before = ring[purpose]();
      const made = await ring.rotate(purpose);
      expect(changed).toHaveBeenCalledTimes(1);
      expect(ring[purpose]().publicKey.thumbprint).toBe(made.thumbprint);
      expect(made.thumbprint).not.toBe(before.publicKey.thumbprint);
      const published = () => ring.anchor()[`${purpose}Keys`];
      expect(published()).toEqual([ring[purpose]().publicKey.jwk, before.publicKey.jwk]);
      nowMs += 60_000;
      expect(published()).toEqual([ring[purpose]().publicKey.jwk]);
    },
  );

  it('is followed by other replicas', async () => {
    const { open } = await place();
    const [one, other] = [await open(), await open()];
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
