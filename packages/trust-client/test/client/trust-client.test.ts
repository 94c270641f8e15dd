import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, checkStatus } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStateStore, createTrustClient } from '../../src/index.js';
import type { TrustClient, TrustClientOptions, TrustNotice } from '../../src/index.js';
import { FolderState } from '../../src/node.js';
import { TestAuthority, TestClock } from '../support/authority.js';
import type { Issued } from '../support/authority.js';
import { until } from '../support/event-source.js';
import { TestServer, json } from '../support/http-server.js';

let clock: TestClock;
let authority: TestAuthority;
let server: TestServer;
let agent: Issued;
let notices: TrustNotice[];
const clients: TrustClient[] = [];

async function open(options: Partial<TrustClientOptions> = {}): Promise<TrustClient> {
  const client = await createTrustClient({
    ...(options.authorities === undefined
      ? { authorities: [{ urls: server.url, trustAnchor: authority.trustAnchor }] }
      : {}),
    clock: clock.read,
    random: () => 0,
    onNotice: (notice) => notices.push(notice),
    attemptTimeoutMs: 20_000,
    ...options,
  } as TrustClientOptions);
  clients.push(client);
  return client;
}

/** A client that hears its authority. */
async function listening(options: Partial<TrustClientOptions> = {}): Promise<TrustClient> {
  const client = await open(options);
  await until(() => client.isLive(authority.name), 'the feed');
  return client;
}

const check = async (client: TrustClient, who: Issued, staple?: object) =>
  checkStatus(await authority.verified(who), client, {
    clock: clock.read,
    revocations: client.revocations,
    ...(staple === undefined ? {} : { staple }),
  });
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason?: string }).reason,
  );
const asked = () =>
  server.requests
    .splice(0)
    .map((url) => url.replace(/asp_[0-9a-f]+/, 'ID').replace(/^\/api\//, ''))
    .filter((url) => url !== 'events');

beforeEach(async () => {
  clock = new TestClock();
  authority = await TestAuthority.create(clock);
  server = await TestServer.start(authority.handle);
  agent = await authority.issue('agent');
  notices = [];
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.stop();
});

describe('a client that listens', () => {
  it('asks about nobody', async () => {
    const client = await listening();
    expect(asked()).toEqual(['ta/key-set', 'crl']);
    for (let minute = 0; minute < 4; minute++) {
      expect((await check(client, agent)).fresh).toBe(true);
      clock.advance(60_000);
      await authority.tell('heartbeat');
      await until(() => client.isLive(authority.name));
    }
    expect(asked().filter((url) => url.startsWith('verify'))).toEqual([]);
  });

  it('hears of a revocation at once, and whoever listens to it too', async () => {
    const client = await listening();
    expect((await check(client, agent)).fresh).toBe(true);
    const heard: string[] = [];
    client.revocations.onAdded(({ anchor, passportId }) => heard.push(`${anchor}/${passportId}`));
    await authority.revoke(agent);
    await until(() => heard.length > 0);
    expect(heard).toEqual([`${authority.name}/${agent.passport.passport_id}`]);
    expect(await reasonOf(check(client, agent))).toBe('passport_revoked');
    expect(client.isLive(authority.name)).toBe(true);
  });

  it('hears of an issuer, and refuses all below it', async () => {
    const team = await authority.issue('team', { issuing: { depth: 0, level: 3, capabilities: ['*'] } });
    const member = await authority.issue('member', { below: team });
    const client = await listening();
    expect((await check(client, member)).fresh).toBe(true);
    await authority.revoke(team);
    await until(() => client.revocations.has(authority.name, team.passport.passport_id));
    expect(await reasonOf(check(client, member))).toBe('issuer_revoked');
  });

  it('counts a staple for as long as it hears, and for a minute otherwise', async () => {
    const staple = await authority.signStaple(agent);
    authority.listTtlSeconds = 61;
    const client = await listening();
    clock.advance(120_000);
    await authority.tell('heartbeat');
    await until(() => client.isLive(authority.name));
    asked();
    expect(await check(client, agent, staple)).toMatchObject({ fresh: true });
    expect(asked()).toEqual([]);
    // Deaf, it asks.
    server.handler = (request, response) => {
      if (request.url?.includes('verify') === true) authority.handle(request, response);
      else response.destroy();
    };
    for (const listener of authority.listeners) listener.destroy();
    await until(() => !client.isLive(authority.name));
    // What it heard before counts for as long as any answer does.
    clock.advance(59_000);
    expect(await check(client, agent, staple)).toMatchObject({ fresh: true });
    expect(asked()).not.toContain('verify/ID');
    clock.advance(2_000);
    expect(await check(client, agent, staple)).toMatchObject({ fresh: true });
    expect(asked()).toContain('verify/ID');
  });

  it('fetches the list where an event is missing, and counts it until then only as what was said before', async () => {
    const client = await listening();
    const other = await authority.issue('other');
    const listeners = [...authority.listeners];
    authority.listeners.clear();
    await authority.revoke(other);
    for (const listener of listeners) authority.listeners.add(listener);
    expect(client.revocations.has(authority.name, other.passport.passport_id)).toBe(false);
    await authority.revoke(agent);
    await until(() => client.revocations.has(authority.name, other.passport.passport_id));
    await until(() => client.isLive(authority.name));
    expect(asked().filter((url) => url.startsWith('crl'))).toEqual(['crl', 'crl?from=1']);
    expect(notices.filter(({ type }) => type === 'feed')).toMatchObject([
      { isLive: true },
      { isLive: false },
      { isLive: true },
    ]);
  });

  it('fetches the list again and again while it is deaf', async () => {
    const client = await listening({ pollMs: 30 });
    server.handler = (request, response) => {
      if (request.url?.includes('events') === true) response.destroy();
      else authority.handle(request, response);
    };
    for (const listener of authority.listeners) listener.destroy();
    await until(() => !client.isLive(authority.name));
    await authority.revoke(agent);
    await until(() => client.revocations.has(authority.name, agent.passport.passport_id));
  });

  it('asks about single passports where the list cannot be had', async () => {
    server.handler = (request, response) => {
      if (request.url?.includes('crl') === true) response.writeHead(500).end();
      else authority.handle(request, response);
    };
    const client = await open();
    await until(() => notices.some((notice) => notice.type === 'unavailable' && notice.what === 'list'));
    expect((await check(client, agent)).fresh).toBe(true);
    expect(asked()).toContain('verify/ID');
  });

  it('remembers over a restart which list it has seen', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcps-client-'));
    try {
      const first = await listening({ state: await FolderState.open(join(folder, 'state')) });
      const backup = authority.fork();
      await authority.revoke(agent);
      await authority.issue('more');
      await until(() => first.revocations.has(authority.name, agent.passport.passport_id));
      await until(() => first.isLive(authority.name));
      await first.close();
      // Whoever restores the backup makes lists of new numbers again, without the revocation.
      backup.listNumber += 5;
      backup.epoch = 1;
      server.handler = backup.handle;
      notices = [];
      const second = await open({ state: await FolderState.open(join(folder, 'state')) });
      await until(() => notices.some((notice) => notice.type === 'unavailable' && notice.what === 'list'));
      expect((await check(second, agent)).fresh).toBe(false);
      expect(second.isLive(authority.name)).toBe(false);
      // Without the memory it would have been believed.
      const forgetful = await open();
      await until(() => forgetful.isLive(authority.name));
      expect((await check(forgetful, agent)).fresh).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

it('a client that is closed complains of nothing, and answers from what it knows', async () => {
  const client = await listening();
  notices = [];
  await client.close();
  await until(() => authority.listeners.size === 0);
  expect(notices.filter(({ type }) => type !== 'feed')).toEqual([]);
  expect((await check(client, agent)).fresh).toBe(true);
  clock.advance(60_001);
  expect((await check(client, agent)).fresh).toBe(false);
});

describe('a client that does not listen', () => {
  it('opens no connection until it is asked', async () => {
    const client = await open({ subscribe: false });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.requests).toEqual([]);
    expect((await check(client, agent)).fresh).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it('knows nothing of authorities that nobody configured', async () => {
    const client = await open({ subscribe: false });
    const query = { passportId: agent.passport.passport_id, digest: '', issuer: '', anchor: 'other.example' };
    expect(await client.check(query)).toMatchObject({ status: 'unknown' });
    expect([server.requests, client.isLive('other.example')]).toEqual([[], false]);
  });
});

describe('a webhook', () => {
  const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

  async function deliver(client: TrustClient, body: string): Promise<number> {
    const handler = await client.createWebhookHandler({ secrets: [SECRET] });
    const timestamp = String(clock.now / 1000);
    const mac = createHmac('sha256', Buffer.alloc(32, 7)).update(`1.1.${timestamp}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': '1.1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac}`,
    };
    const request = new Request('https://relying-party.example/hook', { method: 'POST', headers, body });
    return (await handler(request)).status;
  }

  it('brings a revocation that counts at once, also to a client that does not listen', async () => {
    const client = await open({ subscribe: false });
    expect((await check(client, agent)).fresh).toBe(true);
    const revocation = await authority.revoke(agent);
    expect(await deliver(client, JSON.stringify(await authority.signEvent('revocation', revocation)))).toBe(204);
    expect(await reasonOf(check(client, agent))).toBe('passport_revoked');
  });

  it('needs the signature of the authority beside that of the webhook', async () => {
    const client = await open({ subscribe: false });
    const revocation = await authority.revoke(agent);
    const forger = authority.fork();
    forger.status = forger.root;
    expect(await deliver(client, JSON.stringify(await forger.signEvent('revocation', revocation)))).toBe(422);
    expect(await deliver(client, '{}')).toBe(422);
    expect(client.revocations.has(authority.name, agent.passport.passport_id)).toBe(false);
  });
});

describe('an authority of which only the address is known', () => {
  it('is asked for its keys once, which is said, and believed from then on', async () => {
    const state = new MemoryStateStore();
    const client = await open({ authorities: server.url, state, subscribe: false });
    expect(client.anchors.list().map(({ issuer }) => issuer)).toEqual([authority.name]);
    expect(notices).toContainEqual({
      type: 'pinned',
      authority: authority.name,
      url: server.url,
      keyThumbprints: [authority.root.publicKey.thumbprint],
    });
    expect((await check(client, agent)).fresh).toBe(true);
    notices = [];
    const { url } = server;
    await server.stop();
    const again = await open({ authorities: url, state, subscribe: false });
    expect(again.anchors.size).toBe(1);
    expect(notices.filter(({ type }) => type === 'pinned')).toEqual([]);
  });

  it('is not believed with other keys later, whoever answers there', async () => {
    const state = new MemoryStateStore();
    await open({ authorities: server.url, state, subscribe: false });
    const usurper = await TestAuthority.create(clock, authority.name);
    const impostor = await usurper.issue('impostor');
    server.handler = usurper.handle;
    const client = await open({ authorities: server.url, state, subscribe: false });
    expect(client.anchors.get(authority.name)?.keys).toMatchObject([
      { thumbprint: authority.root.publicKey.thumbprint },
    ]);
    expect(await reasonOf(client.resolve(impostor.passport.passport_id))).toBe('passport_signature_invalid');
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'keys'],
    ['no keys', { issuer: 'a', keys: [] }],
    ['no name', { keys: [] }],
    ['a name that stands for itself', { issuer: 'self', keys: [] }],
    ['something else', { keys: [{ kty: 'RSA' }] }],
  ])('is refused where it says %s of its keys', async (_title, answer) => {
    server.handler = (_request, response) => json(response, answer);
    await expect(open({ authorities: server.url })).rejects.toMatchObject({ code: 'answer_malformed' });
  });

  it('is refused where it cannot be asked', async () => {
    await server.stop();
    const opening = createTrustClient({ authorities: 'http://127.0.0.1:1', attemptTimeoutMs: 20_000 });
    await expect(opening).rejects.toMatchObject({ name: 'TrustClientError' });
  });
});

describe('passports by id', () => {
  it('come verified from the authority that issued them, and are kept', async () => {
    const client = await open({ subscribe: false });
    const passports = await Promise.all([1, 2, 3].map(() => client.resolve(agent.passport.passport_id)));
    expect(passports.map((passport) => passport?.passport)).toEqual([agent.passport, agent.passport, agent.passport]);
    expect(passports[0]).toMatchObject({ standing: 'anchored', id: agent.passport.passport_id });
    await client.resolve(agent.passport.passport_id);
    expect(asked()).toEqual(['passport/ID']);
  });

  it('that nobody has issued are not asked about again for a moment', async () => {
    const client = await open({ subscribe: false });
    const id = `asp_${'0'.repeat(32)}`;
    expect([await client.resolve(id), await client.resolve(id)]).toEqual([undefined, undefined]);
    expect(asked()).toEqual(['passport/ID']);
    clock.advance(5_000);
    await client.resolve(id);
    expect(asked()).toEqual(['passport/ID']);
  });

  it('are not asked about where they cannot be ids', async () => {
    const client = await open({ subscribe: false });
    for (const id of ['', '../ta/public-key', 'asp_x', `asp_${'A'.repeat(32)}`, null])
      expect(await client.resolve(id as never)).toBeUndefined();
    expect(asked()).toEqual([]);
  });

  it('are asked about within a budget: anybody can name an id', async () => {
    const client = await open({ subscribe: false });
    const ids = Array.from({ length: 101 }, (_, i) => `asp_${i.toString(16).padStart(32, '0')}`);
    const outcomes: unknown[] = [];
    for (const id of ids) outcomes.push(await client.resolve(id).catch((error: unknown) => error));
    expect(outcomes.slice(0, 100).every((outcome) => outcome === undefined)).toBe(true);
    expect(outcomes[100]).toMatchObject({ code: 'overloaded' });
    clock.advance(1_000);
    expect((await client.resolve(agent.passport.passport_id))?.passport).toEqual(agent.passport);
  });

  it('are not believed under another id, of another authority, or changed', async () => {
    const client = await open({ subscribe: false });
    const other = await authority.issue('other');
    const foreign = await (await TestAuthority.create(clock, 'other.example')).issue('foreign');
    const answers: [string, unknown][] = [
      ['passport_id_mismatch', other.passport],
      ['passport_id_mismatch', foreign.passport],
      ['passport_signature_invalid', { ...agent.passport, trust_level: 4 }],
    ];
    for (const [reason, passport] of answers) {
      server.handler = (_request, response) => json(response, { passport });
      expect(await reasonOf(client.resolve(agent.passport.passport_id))).toBe(reason);
      clock.advance(10_000);
    }
    server.handler = (_request, response) => json(response, { passport: foreign.passport });
    expect(await reasonOf(client.resolve(foreign.passport.passport_id))).toBe('unknown_passport');
  });
});

describe('a staple of one’s own', () => {
  it('is fetched, renewed while it is young, and used for as long as it lasts', async () => {
    const client = await open({ subscribe: false });
    const passport = await authority.verified(agent);
    const first = await client.staple(passport);
    expect(first).toMatchObject({ passport_id: agent.passport.passport_id, status: 'VALID' });
    expect(await client.staple(passport)).toBe(first);
    clock.advance(20_000);
    const second = await client.staple(passport);
    expect(second).not.toEqual(first);
    expect(asked()).toEqual(['staple/ID', 'staple/ID']);
    await server.stop();
    clock.advance(1_800_000);
    expect(await client.staple(passport)).toEqual(second);
    clock.advance(1_800_000);
    expect(await client.staple(passport)).toBeUndefined();
  });

  it('is none where the authority gives none', async () => {
    const client = await open({ subscribe: false });
    const passport = await authority.verified(agent);
    await authority.revoke(agent);
    expect([await client.staple(passport), await client.staple(passport)]).toEqual([undefined, undefined]);
    expect(asked()).toEqual(['staple/ID']);
    await expect(client.staple(agent.passport as never)).rejects.toThrow(TypeError);
  });
});

describe('options are checked', () => {
  it.each<[string, unknown]>([
    ['no authority', { authorities: [] }],
    ['nothing', { authorities: undefined }],
    ['plain http elsewhere', { authorities: 'http://authority.example' }],
    ['neither an address nor an anchor', { authorities: [{ urls: [] }] }],
    ['a second address that is none', { authorities: [{ urls: ['https://a.example', 'nowhere'] }] }],
    ['a misspelt option', { authorities: 'https://a.example', maxAge: 5 }],
    ['half a millisecond', { authorities: 'https://a.example', maxAgeMs: 0.5 }],
    ['no time at all', { authorities: 'https://a.example', attemptTimeoutMs: 0 }],
  ])('%s', async (_title, options) => {
    await expect(createTrustClient(options as TrustClientOptions)).rejects.toThrow(ConfigurationError);
  });

  it('two authorities of one name', async () => {
    const authorities = [1, 2].map(() => ({ urls: server.url, trustAnchor: authority.trustAnchor }));
    await expect(open({ authorities })).rejects.toThrow(ConfigurationError);
  });
});
