import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateKeyPair, sha256 } from '@mcps/crypto';
import {
  createTrustAnchors,
  parsePassport,
  provePossession,
  rotatePassport,
  verifyConsistency,
  verifyEvent,
  verifyInclusion,
  verifyPassport,
  verifySignedStatus,
  verifyStaple,
  verifyStatusList,
  verifyTreeHead,
} from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it, vi } from 'vitest';
import { Api } from '../support/api.js';
import { startAuthority } from '../support/authority-process.js';
import type { AuthorityProcess } from '../support/authority-process.js';
import { describeDatabases, temporaryFolder } from '../support/databases.js';

const adminToken = 'an-admin-token-for-the-tests-of-the-program';

describeDatabases('the authority as a program', (kind) => {
  const running: AuthorityProcess[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop('SIGKILL');
  });

  async function place() {
    const location = await kind.create();
    const settings = {
      DATA_DIR: join(temporaryFolder(), 'data'),
      NAME: 'test-authority',
      ADMIN_TOKEN: adminToken,
      WEBHOOK_ALLOW: '127.0.0.0/8',
      ...(kind.dialect === 'postgres' ? { DATABASE_URL: location } : {}),
    };
    const start = async (more: Record<string, string> = {}) => {
      const one = await startAuthority({ ...settings, ...more });
      running.push(one);
      return { process: one, api: new Api(one.url) };
    };
    return { start, settings };
  }

  const anchorsOf = async (api: Api) => createTrustAnchors([await api.get('/api/ta/public-key')]);

  it('issues passports that verify offline, answers about them, and revokes them at once', async () => {
    const { start } = await place();
    const { api } = await start();
    const anchors = await anchorsOf(api);
    const agent = await generateKeyPair();
    const enrolled = await api.enrol(agent);
    expect(enrolled).toMatchObject({ status: 201, body: { status: 'VALID' } });
    const passport: Passport = enrolled.body.passport;
    const id = passport.passport_id;
    await verifyPassport(parsePassport(passport), { anchors });
    expect((await api.get(`/api/passport/${id}`)).passport).toEqual(passport);

    const expected = { anchor: 'test-authority', passportId: id, digest: enrolled.body.digest };
    const status = await verifySignedStatus(await api.get(`/api/verify/${id}`), { anchors, expected });
    expect(status.statement).toMatchObject({ status: 'VALID', passport_digest: enrolled.body.digest });
    const staple = await verifyStaple(await api.get(`/api/staple/${id}`), { anchors, expected });
    expect(staple.statement.passport_id).toBe(id);

    // Who may not revoke, does not.
    expect((await api.call('POST', `/api/revoke/${id}`, { reason: 'key_compromise' })).status).toBe(401);
    const revoked = await api.call('POST', `/api/revoke/${id}`, { reason: 'key_compromise' }, adminToken);
    expect(revoked).toMatchObject({ status: 200, body: { reason: 'key_compromise', epoch: 1, is_new: true } });
    const again = await api.call('POST', `/api/revoke/${id}`, { reason: 'manual_revoke' }, adminToken);
    expect(again.body).toMatchObject({ reason: 'key_compromise', epoch: 1, is_new: false });
    const after = await verifySignedStatus(await api.get(`/api/verify/${id}`), { anchors, expected });
    expect(after.statement).toMatchObject({ status: 'REVOKED', reason: 'key_compromise', epoch: 1 });
    expect((await api.call('GET', `/api/staple/${id}`)).body).toMatchObject({ code: 'passport_revoked' });
    const list = await verifyStatusList(await api.get('/api/crl'), { anchors });
    expect(list.list.revoked.map(({ passport_id }) => passport_id)).toEqual([id]);
    expect(list.list.epoch).toBe(1);
  });

  it('refuses whoever does not hold the key, and a proof that was used', async () => {
    const { start } = await place();
    const { api } = await start();
    const [agent, thief] = [await generateKeyPair(), await generateKeyPair()];
    const stolen = await api.enrol(thief, { public_key: agent.publicKey.jwk });
    expect(stolen).toMatchObject({ status: 403, body: { code: 'proof_invalid' } });
    const proof = await api.proof(agent);
    expect((await api.enrol(agent, { proof })).status).toBe(201);
    expect(await api.enrol(agent, { proof })).toMatchObject({ status: 409, body: { code: 'challenge_used' } });
    const foreign = await provePossession({ authority: 'test-authority', challenge: 'A'.repeat(43) }, agent.privateKey);
    expect(await api.enrol(agent, { proof: foreign })).toMatchObject({ body: { code: 'challenge_invalid' } });
    expect(await api.enrol(agent, { level: 3 })).toMatchObject({ status: 403, body: { code: 'policy_refused' } });
    const { passports } = await api.get('/api/passports?name_prefix=agent', adminToken);
    expect(passports).toHaveLength(1);
  });

  it('lets a holder revoke its own passport and register a webhook, by its key, and nobody else', async () => {
    const { start } = await place();
    const { api } = await start();
    const [agent, other] = [await generateKeyPair(), await generateKeyPair()];
    const id = (await api.enrol(agent)).body.passport.passport_id;
    const hook = { url: 'http://127.0.0.1:9/', passport_id: id };
    const byOther = { ...hook, proof: await api.proof(other) };
    expect((await api.call('POST', '/api/webhook/register', byOther)).body.code).toBe('proof_invalid');
    expect((await api.call('POST', '/api/webhook/register', hook)).body.code).toBe('token_missing');
    const proof = await api.proof(agent);
    const registered = await api.call('POST', '/api/webhook/register', { ...hook, proof });
    expect(registered).toMatchObject({ status: 201, body: { owner: id } });
    expect((await api.call('POST', '/api/webhook/register', { ...hook, proof })).body.code).toBe('challenge_used');

    const revoke = async (body: object) => (await api.call('POST', `/api/revoke/${id}`, body)).body;
    const request = { reason: 'owner_request' };
    expect(await revoke({ ...request, proof: await api.proof(other) })).toMatchObject({ code: 'proof_invalid' });
    expect(await revoke({ reason: 'scan_failure', proof: await api.proof(agent) })).toMatchObject({ member: 'reason' });
    expect((await api.get(`/api/verify/${id}`)).status).toBe('VALID');
    expect(await revoke({ ...request, proof: await api.proof(agent) })).toMatchObject({ reason: 'owner_request' });
    expect((await api.get(`/api/verify/${id}`)).status).toBe('REVOKED');
  });

  it('renews, changes keys, and raises levels by evidence', async () => {
    const { start } = await place();
    const { api } = await start();
    const anchors = await anchorsOf(api);
    const agent = await generateKeyPair();
    const first = (await api.enrol(agent, { level: 2 }, adminToken)).body;
    expect(first.passport.trust_level).toBe(2);

    const renewed = await api.call('POST', `/api/renew/${first.passport.passport_id}`, {
      proof: await api.proof(agent),
    });
    expect(renewed).toMatchObject({ status: 201, body: { supersedes: first.passport.passport_id } });
    const twice = await api.call('POST', `/api/renew/${first.passport.passport_id}`, { proof: await api.proof(agent) });
    expect(twice).toMatchObject({ status: 409, body: { code: 'passport_superseded' } });

    const next = await generateKeyPair();
    const current: Passport = renewed.body.passport;
    const { proof: rotation } = await rotatePassport({
      current,
      currentKey: agent.privateKey,
      newPublicKey: next.publicKey,
    });
    const rotating = { new_public_key: next.publicKey.jwk, rotation, proof: await api.proof(next) };
    const byThief = { ...rotating, proof: await api.proof(agent) };
    expect((await api.call('POST', `/api/rotate/${current.passport_id}`, byThief)).body.code).toBe('proof_invalid');
    const rotated = await api.call('POST', `/api/rotate/${current.passport_id}`, rotating);
    expect(rotated.status).toBe(201);
    const { passport: withNewKey } = rotated.body;
    expect(withNewKey.public_key).toEqual(next.publicKey.jwk);
    await verifyPassport(parsePassport(withNewKey), { anchors });

    const sarif = (results: object[]) => ({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'scanner' } }, results }],
    });
    const scanPath = `/api/scan/${withNewKey.passport_id}`;
    const critical = sarif([{ ruleId: 'x', level: 'error', message: { text: 'bad' } }]);
    expect(await api.call('POST', scanPath, critical, adminToken)).toMatchObject({
      body: { code: 'evidence_negative' },
    });
    expect(await api.call('POST', scanPath, { runs: [] }, adminToken)).toMatchObject({
      body: { code: 'evidence_invalid' },
    });
    const scanned = await api.call('POST', scanPath, sarif([{ level: 'note', message: { text: 'hm' } }]), adminToken);
    expect(scanned).toMatchObject({ status: 201, body: { passport: { passport: { trust_level: 3 } } } });
    const third: Passport = scanned.body.passport.passport;
    const verified = await verifyPassport(parsePassport(third), { anchors });
    expect(verified.passport.trust_level).toBe(3);
    const audit = {
      passport_id: third.passport_id,
      auditor: 'auditor',
      audited_at: '2026-01-01T00:00:00.000Z',
      result: 'pass',
    };
    const audited = await api.call('POST', `/api/audit/${third.passport_id}`, audit, adminToken);
    expect(audited.body.passport.passport.trust_level).toBe(4);
    expect(audited.body.passport.passport.ext.evidence.map(({ type }: any) => type)).toEqual(['scan', 'audit']);
  });

  it('proves what is in its log, and that it only grows', async () => {
    const { start } = await place();
    const { api } = await start();
    const anchors = await anchorsOf(api);
    const ids: string[] = [];
    for (let index = 0; index < 6; index += 1)
      ids.push((await api.enrol(await generateKeyPair())).body.passport.passport_id);
    const earlyHead = await verifyTreeHead(await api.get('/api/log/tree-head'), { anchors });
    const early = earlyHead.treeHead;
    for (let index = 0; index < 5; index += 1) await api.enrol(await generateKeyPair());
    const late = (await verifyTreeHead(await api.get('/api/log/tree-head'), { anchors })).treeHead;
    expect(late.tree_size).toBe(early.tree_size + 5);

    const { entries } = await api.get('/api/log/entries?limit=100');
    expect(entries).toHaveLength(late.tree_size);
    const leaves = await Promise.all(entries.map(({ leaf }: any) => hash(0, Buffer.from(leaf, 'utf8'))));
    expect(hex(await root(leaves))).toBe(late.root_hash);
    expect(hex(await root(leaves.slice(0, early.tree_size)))).toBe(early.root_hash);
    for (const id of ids) {
      const proof = await api.get(`/api/log/inclusion?passport_id=${id}&tree_size=${early.tree_size}`);
      const logged = await verifyInclusion(proof, earlyHead);
      expect(logged.entry).toMatchObject({ type: 'issued', passport_id: id });
      const found = await climb(proof.leaf_index, proof.tree_size, await hash(0, Buffer.from(proof.leaf)), proof.path);
      expect(found).toBe(early.root_hash);
    }
    const consistency = await api.get(`/api/log/consistency?from=${early.tree_size}&to=${late.tree_size}`);
    expect(await consistent(early.tree_size, late.tree_size, early.root_hash, late.root_hash, consistency.path)).toBe(
      true,
    );
    await verifyConsistency(consistency, early, late);
    const turned = [...consistency.path].reverse();
    expect(await consistent(early.tree_size, late.tree_size, early.root_hash, late.root_hash, turned)).toBe(false);
    expect((await api.call('GET', `/api/log/inclusion?index=${late.tree_size}`)).body.code).toBe('log_range');
  });

  it('pushes revocations to listeners, of every replica, and to webhooks', async () => {
    const { start } = await place();
    const one = await start();
    // A second process on the same database and keys.
    const other = await start();
    const anchors = await anchorsOf(one.api);
    const received: { headers: any; body: string }[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.end();
      });
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const hook = await one.api.call('POST', '/api/webhook/register', { url: hookUrl }, adminToken);
    expect(hook.status).toBe(201);

    const listen = async (url: string) => {
      const events: any[] = [];
      const response = await fetch(`${url}/api/events`);
      void (async () => {
        let text = '';
        for await (const chunk of Readable.fromWeb(response.body as any)) {
          text += Buffer.from(chunk).toString('utf8');
          events.splice(
            0,
            events.length,
            ...[...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]!)),
          );
        }
      })().catch(() => undefined);
      await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), 10_000);
      return events;
    };
    const [here, there] = [await listen(one.process.url), await listen(other.process.url)];
    const { body } = await other.api.enrol(await generateKeyPair());
    const id = body.passport.passport_id;
    await one.api.call('POST', `/api/revoke/${id}`, { reason: 'security_violation' }, adminToken);
    for (const events of [here, there]) {
      await vi.waitFor(() => expect(events.some(({ type }) => type === 'revocation')).toBe(true), 20_000);
      const event = events.find(({ type }) => type === 'revocation');
      const verified = await verifyEvent(event, { anchors });
      expect(verified.event.revocation).toMatchObject({ passport_id: id, reason: 'security_violation' });
    }
    expect((await other.api.get(`/api/verify/${id}`)).status).toBe('REVOKED');
    await vi.waitFor(() => expect(received).toHaveLength(1), 20_000);
    expect(new Webhook(hook.body.secret).verify(received[0]!.body, received[0]!.headers)).toMatchObject({
      type: 'revocation',
      epoch: 1,
    });
    receiver.closeAllConnections();
    receiver.close();
  });

  it('keeps everything over a restart, ends its streams when it stops, and logs no secret', async () => {
    const { start, settings } = await place();
    const before = await start({ LOG_LEVEL: 'trace' });
    const agent = await generateKeyPair();
    const id = (await before.api.enrol(agent)).body.passport.passport_id;
    await before.api.call('POST', `/api/revoke/${id}`, { reason: 'owner_request' }, adminToken);
    const anchor = await before.api.get('/api/ta/public-key');
    await before.api.call('GET', '/api/passports', undefined, 'wrong-token-that-must-not-be-logged');
    const stream = await fetch(`${before.process.url}/api/events`);
    const ended = (async () => {
      for await (const _chunk of Readable.fromWeb(stream.body as any));
    })();
    expect(await before.process.stop()).toBe(0);
    await ended;
    const log = before.process.log();
    for (const secret of [adminToken, 'wrong-token', 'PRIVATE', id]) expect(log).not.toContain(secret);
    expect(
      log
        .split('\n')
        .filter((line) => line !== '')
        .every((line) => JSON.parse(line).level > 0),
    ).toBe(true);
    const after = await start();
    expect(await after.api.get('/api/ta/public-key')).toEqual(anchor);
    expect((await after.api.get(`/api/verify/${id}`)).status).toBe('REVOKED');
    expect(settings.NAME).toBe(anchor.issuer);
  });

  it('loses nothing that it has acknowledged when it is killed', async () => {
    const { start } = await place();
    const { api, process: child } = await start();
    const agent = await generateKeyPair();
    const passports = await Promise.all(Array.from({ length: 5 }, async () => (await api.enrol(agent)).body.passport));
    const acknowledged: string[] = [];
    const revoking = passports.map(async ({ passport_id }) => {
      const { status } = await api.call('POST', `/api/revoke/${passport_id}`, { reason: 'manual_revoke' }, adminToken);
      if (status === 200) acknowledged.push(passport_id);
    });
    await Promise.any(revoking);
    child.child.kill('SIGKILL');
    await Promise.allSettled(revoking);
    expect(acknowledged.length).toBeGreaterThan(0);
    const again = await start();
    for (const id of acknowledged) expect((await again.api.get(`/api/verify/${id}`)).status).toBe('REVOKED');
    for (const { passport_id } of passports) await again.api.get(`/api/passport/${passport_id}`);
  });
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const hash = (prefix: number, ...parts: Uint8Array[]) => sha256(Buffer.concat([Uint8Array.of(prefix), ...parts]));

/** The root of a tree, as RFC 9162 section 2.1.1 defines it. */
async function root(leaves: Uint8Array[]): Promise<Uint8Array> {
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(1, await root(leaves.slice(0, split)), await root(leaves.slice(split)));
}

/** RFC 9162, section 2.1.3.2. */
async function climb(index: number, size: number, leaf: Uint8Array, path: string[]): Promise<string> {
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const step of path) {
    const p = Buffer.from(step, 'hex');
    if (sn === 0) return 'too long';
    if (fn % 2 === 1 || fn === sn) {
      r = await hash(1, p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      r = await hash(1, r, p);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? hex(r) : 'too short';
}

/** RFC 9162, section 2.1.4.2. */
async function consistent(first: number, second: number, firstRoot: string, secondRoot: string, proof: string[]) {
  const path = proof.map((step) => Buffer.from(step, 'hex'));
  if ((first & (first - 1)) === 0) path.unshift(Buffer.from(firstRoot, 'hex'));
  let [fn, sn] = [first - 1, second - 1];
  while (fn % 2 === 1) [fn, sn] = [fn >> 1, sn >> 1];
  let [fr, sr]: Uint8Array[] = [path[0]!, path[0]!];
  for (const c of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [await hash(1, c, fr!), await hash(1, c, sr!)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      sr = await hash(1, sr!, c);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && hex(fr!) === firstRoot && hex(sr!) === secondRoot;
}
