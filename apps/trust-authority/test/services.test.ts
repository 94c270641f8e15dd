import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import type { KeyPair } from '@mcps/crypto';
import {
  applyStatusListDelta,
  createTrustAnchors,
  issuePassport,
  provePossession,
  verifyBundle,
  verifyStatusBitmap,
  verifyStatusList,
  verifyStatusListDelta,
} from '@mcps/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { createAuthority } from '../src/create-authority.js';
import type { CreateAuthorityOptions } from '../src/create-authority.js';
import { openFileCustody } from '../src/custody/encrypted-file/file-custody.js';
import { FileWitness } from '../src/epoch/file-witness.js';
import { standardPolicy } from '../src/issuing/standard-policy.js';
import { openKeyRing } from '../src/keys/open-key-ring.js';
import { migrate } from '../src/store/migrate.js';
import { openStore } from '../src/store/open-store.js';
import { describeDatabases, temporaryFolder } from './support/databases.js';

describeDatabases('the services of the authority', (kind) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function world(options: Partial<CreateAuthorityOptions> = {}) {
    const store = await openStore(await kind.create());
    ends.push(() => store.close());
    await migrate(store);
    let nowMs = Date.now();
    const clock = () => nowMs;
    const folder = temporaryFolder();
    const custody = await openFileCustody({
      folder: join(folder, 'keys'),
      passphrase: 'a passphrase for tests',
      scrypt: { n: 2 ** 14, r: 8, p: 1 },
    });
    const keys = await openKeyRing({ store, custody, issuer: 'test-authority', clock });
    const authority = await createAuthority({
      store,
      keys,
      witness: new FileWitness({ path: join(folder, 'witness.json'), authority: 'test-authority' }),
      policy: standardPolicy(),
      statusTtlSeconds: 60,
      stapleTtlSeconds: 3600,
      listTtlSeconds: 3600,
      clock,
      ...options,
    });
    ends.push(() => authority.close());
    const prove = async ({ privateKey }: KeyPair) => {
      const { challenge } = await authority.enrolment.challenge();
      return provePossession({ authority: 'test-authority', challenge, clock }, privateKey);
    };
    const enrol = async (pair: KeyPair, more = {}, requester = {}) =>
      authority.passports.issue(
        { name: 'agent', version: '1', publicKey: pair.publicKey.jwk, proof: await prove(pair), ...more },
        requester,
      );
    const revoke = ({ record }: { readonly record: { readonly id: string } }) =>
      authority.revocations.revoke(record.id, { reason: 'key_compromise' });
    return { store, folder, keys, authority, prove, enrol, revoke, clock, pass: (ms: number) => (nowMs += ms) };
  }

  it('write every key into the log when it is published, and once', async () => {
    const { store, keys, authority, clock, folder } = await world();
    const logged = async () => {
      const entries = (await authority.log.entries(0, 100)).map((entry) => JSON.parse(entry.leaf));
      return entries.filter(({ type }) => type === 'key').map(({ purpose, key }) => `${purpose} ${key}`);
    };
    const published = () => keys.published().map(({ purpose, thumbprint }) => `${purpose} ${thumbprint}`);
    expect(await logged()).toEqual(published());
    await keys.rotate('status');
    await vi.waitFor(async () => expect((await logged()).sort()).toEqual(published().sort()), 20_000);
    expect(published().length).toBeGreaterThan(4);
    // Another replica, or the next start.
    const witness = new FileWitness({ path: join(folder, 'witness.json'), authority: 'test-authority' });
    const times = { statusTtlSeconds: 60, stapleTtlSeconds: 3600, listTtlSeconds: 3600, clock };
    const other = await createAuthority({ store, keys, witness, policy: standardPolicy(), ...times });
    await other.close();
    expect((await logged()).sort()).toEqual(published().sort());
  });

  it('revoke a replaced passport once its time of grace has passed, and not before', async () => {
    const { authority, enrol, prove, pass } = await world({ graceSeconds: 600 });
    const agent = await generateKeyPair();
    const { record } = await enrol(agent);
    await authority.passports.renew(record.id, { proof: await prove(agent) }, {});
    pass(599_000);
    expect((await authority.status.answer(record.id)).status).toBe('VALID');
    await new Promise((resolve) => setTimeout(resolve, 5500));
    expect((await authority.passports.get(record.id))!.status).toBe('VALID');
    pass(1000);
    await vi.waitFor(
      async () => expect((await authority.passports.get(record.id))!.revocation?.reason).toBe('superseded'),
      20_000,
    );
  });

  it('search by name, key and state, page by page, newest first', async () => {
    const { authority, enrol, pass } = await world();
    const [one, other] = [await generateKeyPair(), await generateKeyPair()];
    const ids: string[] = [];
    for (const name of ['a%', 'ab', 'abc', 'b']) ids.push((await enrol(one, { name })).record.id);
    const short = await enrol(other, { name: 'abc', ttlSeconds: 60 });
    await authority.revocations.revoke(ids[1]!, { reason: 'manual_revoke' });
    const found = async (query: object) => (await authority.passports.search(query)).records.map(({ id }) => id);
    expect(await found({ namePrefix: 'ab' })).toEqual([short.record.id, ids[2], ids[1]]);
    expect(await found({ namePrefix: 'a%' })).toEqual([ids[0]]);
    expect(await found({ keyThumbprint: other.publicKey.thumbprint })).toEqual([short.record.id]);
    expect(await found({ status: 'REVOKED' })).toEqual([ids[1]]);
    pass(60_000);
    expect(await found({ status: 'EXPIRED' })).toEqual([short.record.id]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await authority.passports.search({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.records.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    // With the issuing passport, which is the oldest.
    expect(seen).toHaveLength(6);
    expect(seen.slice(0, 5)).toEqual([short.record.id, ...[...ids].reverse()]);
    await expect(authority.passports.search({ cursor: 'x' })).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('cut off everything below an issuer that is revoked', async () => {
    const { authority, enrol, prove, keys } = await world();
    const agent = await generateKeyPair();
    const { record } = await enrol(agent);
    expect((await authority.status.answer(record.id)).status).toBe('VALID');
    await authority.revocations.revoke(keys.intermediates()[0]!.passport_id, { reason: 'key_compromise' });
    expect(await authority.status.answer(record.id)).toMatchObject({ status: 'REVOKED', reason: 'key_compromise' });
    await expect(authority.status.staple(record.id)).rejects.toMatchObject({ code: 'passport_revoked' });
    // Nothing more is issued with it, and with the next key it goes on.
    await expect(enrol(agent)).rejects.toMatchObject({ code: 'signer_unavailable' });
    await expect(authority.passports.renew(record.id, { proof: await prove(agent) }, {})).rejects.toMatchObject({
      code: 'signer_unavailable',
    });
    await keys.rotate('passport');
    const { record: next } = await enrol(await generateKeyPair());
    expect((await authority.status.answer(next.id)).status).toBe('VALID');
  });

  it('put into a bundle what a site without a connection needs, and no more than counts', async () => {
    const { authority, enrol, keys, pass, clock } = await world();
    const old = await enrol(await generateKeyPair(), { ttlSeconds: 60 });
    const kept = await enrol(await generateKeyPair());
    const gone = await enrol(await generateKeyPair());
    await authority.revocations.revoke(gone.record.id, { reason: 'key_compromise' });
    pass(60_000);
    const anchors = await createTrustAnchors([keys.anchor()]);
    const make = async (maxPassports = 100) => {
      const bundle = await authority.status.bundle({ maxPassports, ttlSeconds: 3600 });
      return verifyBundle(JSON.stringify(bundle), { anchors, clock });
    };
    const first = await make();
    expect(first.passports.map(({ id }) => id)).toEqual([kept.record.id]);
    expect(first.list.list.revoked.map(({ passport_id }) => passport_id)).toEqual([gone.record.id]);
    expect(first.expiresAtMs - first.createdAtMs).toBe(3_600_000);
    expect((await make()).digest).toBe(first.digest);
    expect((await make(0)).passports).toEqual([]);
    // With a revocation there is another at once.
    await authority.revocations.revoke(kept.record.id, { reason: 'key_compromise' });
    const second = await make();
    expect(second.bundle.number).toBeGreaterThan(first.bundle.number);
    expect(second.list.list.revoked).toHaveLength(2);
    expect(second.passports).toEqual([]);
    expect(old.record.status).toBe('VALID');
  });

  it('know passports that a delegated issuer has issued, and none that exceed its right', async () => {
    const { authority, enrol, keys, clock } = await world();
    const issuer = await generateKeyPair();
    const issuing = { depth: 0, level: 1 as const, capabilities: ['read'] };
    await expect(enrol(issuer, { issuing })).rejects.toMatchObject({ code: 'policy_refused' });
    const requester = { principal: 'ci', mayDelegate: true };
    const { passport } = await enrol(issuer, { issuing, name: 'issuer' }, requester);
    const leaf = await generateKeyPair();
    const subject = { name: 'leaf', version: '1', publicKey: leaf.publicKey, capabilities: ['read'] };
    const chain = [keys.issuing().passport];
    const issued = await issuePassport({
      authority: { passport, key: issuer.privateKey, chain },
      subject,
      ttlSeconds: 600,
      clock,
    });
    const record = await authority.passports.register(issued, requester);
    expect(record).toMatchObject({ id: issued.passport_id, status: 'VALID' });
    expect((await authority.passports.register(issued, requester)).id).toBe(record.id);
    expect((await authority.status.answer(record.id)).status).toBe('VALID');
    await expect(authority.passports.register({ ...issued, trust_level: 4 }, requester)).rejects.toMatchObject({
      code: 'right_exceeded',
    });
    await expect(authority.passports.register('nonsense', requester)).rejects.toMatchObject({ code: 'right_exceeded' });
  });

  it('answer about what is expired and unknown, and staple neither', async () => {
    const { authority, enrol, pass } = await world();
    const { record } = await enrol(await generateKeyPair(), { ttlSeconds: 60 });
    const staple = await authority.status.staple(record.id);
    expect(Date.parse(staple.expires_at)).toBeLessThanOrEqual(record.expiresAtMs);
    pass(61_000);
    expect((await authority.status.answer(record.id)).status).toBe('EXPIRED');
    await expect(authority.status.staple(record.id)).rejects.toMatchObject({ code: 'passport_expired' });
    const unknown = `asp_${'0'.repeat(32)}`;
    expect(await authority.status.answer(unknown)).toMatchObject({ status: 'UNKNOWN', passport_digest: null });
    await expect(authority.status.staple(unknown)).rejects.toMatchObject({ code: 'passport_unknown' });
    await expect(authority.revocations.revoke(unknown, { reason: 'manual_revoke' })).rejects.toMatchObject({
      code: 'passport_unknown',
    });
  });

  it('say the same thing until it is old or something is revoked, and sign it once', async () => {
    const { authority, enrol, pass } = await world();
    const { record } = await enrol(await generateKeyPair());
    // A connection that has just been made for notices lets everything be signed anew, once.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [first, second] = await Promise.all([authority.status.answer(record.id), authority.status.answer(record.id)]);
    expect(second).toBe(first);
    pass(29_000);
    expect(await authority.status.answer(record.id)).toBe(first);
    pass(1000);
    expect(await authority.status.answer(record.id)).not.toBe(first);
    const before = await authority.status.answer(record.id);
    await authority.revocations.revoke((await enrol(await generateKeyPair())).record.id, { reason: 'manual_revoke' });
    expect((await authority.status.answer(record.id)).epoch).toBe(before.epoch + 1);
  });

  it('give every list its number, and no number to two lists', async () => {
    const { authority, enrol, pass } = await world();
    const first = await authority.status.list();
    const again = await authority.status.list();
    // Signed anew perhaps, and saying the same.
    expect({ ...again, signature: first.signature }).toEqual(first);
    const { record } = await enrol(await generateKeyPair());
    await authority.revocations.revoke(record.id, { reason: 'scan_failure' });
    const second = await authority.status.list();
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.revoked.map(({ passport_id }) => passport_id)).toEqual([record.id]);
    pass(1_900_000);
    const third = await authority.status.list();
    expect(third.number).toBeGreaterThan(second.number);
    expect(Date.parse(third.issued_at)).toBeGreaterThan(Date.parse(second.issued_at));
    expect(third.revoked).toEqual(second.revoked);
  });

  it('say what leads from a list to the present one, and say it in bits', async () => {
    const { authority, enrol, revoke, keys, clock, pass } = await world();
    const { publicKey } = keys.status();
    const anchors = await createTrustAnchors([{ issuer: 'test-authority', keys: [publicKey] }]);
    const options = () => ({ anchors, now: clock() });
    const [early, brief, late] = [
      await enrol(await generateKeyPair()),
      await enrol(await generateKeyPair(), { ttlSeconds: 600 }),
      await enrol(await generateKeyPair()),
    ];
    await revoke(early);
    await revoke(brief);
    const from = await verifyStatusList(await authority.status.list(), options());
    expect(await authority.status.delta(from.list.number)).toBeUndefined();
    await expect(authority.status.delta(from.list.number + 1)).rejects.toMatchObject({ code: 'list_gone' });

    // One has been revoked meanwhile, and one has expired for so long that it is no longer named.
    pass(600_000 + 3_600_000);
    await revoke(late);
    const present = await verifyStatusList(await authority.status.list(), options());
    const delta = await verifyStatusListDelta((await authority.status.delta(from.list.number))!, options());
    expect(delta.delta.added.map(({ passport_id: id }) => id)).toEqual([late.record.id]);
    const applied = await applyStatusListDelta(from, delta, options());
    expect(applied.digest).toBe(present.digest);
    expect(applied.list.revoked.map(({ passport_id: id }) => id).sort()).toEqual(
      [early.record.id, late.record.id].sort(),
    );

    const { bitmap, bits } = await verifyStatusBitmap(await authority.status.bitmap(), options());
    expect([bitmap.number, bitmap.epoch, bitmap.tree_head]).toEqual([
      present.list.number,
      present.list.epoch,
      present.list.tree_head,
    ]);
    const isSet = ({ record }: typeof early) => bits.has(record.statusIndex!);
    expect([early, brief, late, await enrol(await generateKeyPair())].map(isSet)).toEqual([true, false, true, false]);
    expect((await enrol(await generateKeyPair())).record.statusIndex).toBeLessThan(bits.size);
  });

  it('keep no difference from a list that was never handed out, or long ago', async () => {
    const { authority, enrol, revoke, pass } = await world();
    const first = await authority.status.list();
    await revoke(await enrol(await generateKeyPair()));
    await revoke(await enrol(await generateKeyPair()));
    const second = await authority.status.list();
    expect(second.number).toBe(first.number + 2);
    await expect(authority.status.delta(first.number + 1)).rejects.toMatchObject({ code: 'list_gone' });
    expect(await authority.status.delta(first.number)).toMatchObject({ number: second.number });
    for (let count = 0; count < 31; count += 1) {
      pass(1_900_000);
      await authority.status.list();
    }
    await expect(authority.status.delta(first.number)).rejects.toMatchObject({ code: 'list_gone' });
    expect(await authority.status.delta(second.number)).toMatchObject({ added: [], number: second.number + 31 });
  });

  it('are healthy while they can sign', async () => {
    const { authority, keys } = await world();
    expect(await authority.health()).toEqual({
      healthy: true,
      checks: { passport: 'ok', status: 'ok', evidence: 'ok', store: 'ok' },
    });
    vi.spyOn(keys, 'status').mockImplementation(() => {
      throw new Error('device gone');
    });
    expect(await authority.health()).toMatchObject({
      healthy: false,
      checks: { status: 'signer_unavailable', store: 'ok' },
    });
  });
});
