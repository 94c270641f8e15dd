import type { ServerResponse } from 'node:http';
import { TreeHeadMonitor, signStatusListDelta } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityApi } from '../../src/authority/authority-api.js';
import { ListKeeper } from '../../src/list/list-keeper.js';
import { MemoryStateStore } from '../../src/state/state-store.js';
import { numbersIn } from '../../src/state/numbers.js';
import { treeHeadsIn } from '../../src/state/tree-heads.js';
import { History } from '../../src/status/history.js';
import { TestAuthority, TestClock } from '../support/authority.js';
import type { Issued } from '../support/authority.js';
import { until } from '../support/event-source.js';
import { TestServer, json } from '../support/http-server.js';

let clock: TestClock;
let authority: TestAuthority;
let server: TestServer;
let store: MemoryStateStore;
let keeper: ListKeeper;
let agent: Issued;
let revoked: string[];
let listed: number[];
let faults: { readonly reason?: string; readonly code?: string }[];
let isHeard: boolean;

async function open(pollMs = 1_000_000): Promise<ListKeeper> {
  const anchors = await authority.anchors();
  const common = { clock: clock.read, random: () => 0 };
  const api = new AuthorityApi({
    urls: [server.url],
    fetch,
    clock: Date.now,
    random: () => 0,
    attemptTimeoutMs: 20_000,
  });
  const monitor = new TreeHeadMonitor({ state: treeHeadsIn(store) });
  return new ListKeeper({
    ...common,
    api,
    history: new History({
      monitor,
      api,
      anchors,
      clock: clock.read,
      isReachable: true,
      onFork: (error) => faults.push(error),
    }),
    anchors,
    numbers: numbersIn(store, 'list-number'),
    pollMs,
    isHeard: () => isHeard,
    onRevoked: ({ passport_id: id }) => revoked.push(id),
    onListed: (epoch) => listed.push(epoch),
    onFault: (error) => faults.push(error as { reason?: string }),
  });
}

const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const statusOf = async ({ passport }: Issued) =>
  (await keeper.check({ passportId: passport.passport_id, digest: '', issuer: '', anchor: authority.name })).status;
const lists = () => server.requests.filter((url) => url.startsWith('/api/crl')).length;

beforeEach(async () => {
  clock = new TestClock();
  authority = await TestAuthority.create(clock);
  server = await TestServer.start(authority.handle);
  store = new MemoryStateStore();
  [revoked, listed, faults, isHeard] = [[], [], [], false];
  agent = await authority.issue('agent');
  keeper = await open();
});

afterEach(async () => {
  await keeper.close();
  await server.stop();
});

describe('the list of an authority', () => {
  it('is fetched at the start, and speaks for all', async () => {
    expect(await statusOf(agent)).toBe('unknown');
    keeper.start();
    await until(() => listed.length === 1);
    expect([await statusOf(agent), listed, faults]).toEqual(['good', [0], []]);
  });

  it('is fetched when somebody needs what it says', async () => {
    keeper.start();
    await until(() => listed.length === 1);
    await authority.revoke(agent);
    keeper.need(1);
    await until(() => listed.length === 2);
    expect([await statusOf(agent), revoked, listed]).toEqual(['revoked', [agent.passport.passport_id], [0, 1]]);
    // And not for what it has said.
    keeper.need(1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(lists()).toBe(2);
  });

  it('is fetched until it says it', async () => {
    keeper.start();
    await until(() => listed.length === 1);
    keeper.need(1);
    await until(() => lists() >= 2);
    await authority.revoke(agent);
    await until(() => listed.at(-1) === 1);
    expect(await statusOf(agent)).toBe('revoked');
  });

  it('is asked for by what it is known by, and not sent again', async () => {
    keeper.start();
    await until(() => listed.length === 1);
    keeper.fetchSoon();
    await until(() => lists() === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([listed, faults]).toEqual([[0], []]);
  });

  it('is made of the one before and of what is new', async () => {
    keeper.start();
    await until(() => listed.length === 1);
    await authority.revoke(agent);
    keeper.need(1);
    await until(() => listed.length === 2);
    expect(server.requests.filter((url) => url.startsWith('/api/crl'))).toEqual(['/api/crl', '/api/crl?from=1']);
    expect([await statusOf(agent), revoked, faults]).toEqual(['revoked', [agent.passport.passport_id], []]);
  });

  it.each(['refused', 'of another list', 'signed by somebody else'])(
    'is fetched as a whole where what is new is %s',
    async (fault) => {
      const forger = authority.fork();
      keeper.start();
      await until(() => listed.length === 1);
      await authority.revoke(agent);
      const answer = async (response: ServerResponse): Promise<void> => {
        if (fault === 'refused') return void response.writeHead(410).end();
        if (fault === 'signed by somebody else') forger.status = forger.root;
        const [from, to] = [await forger.signList(), await authority.signList()];
        const other = fault === 'of another list' ? { ...from, number: 0 } : from;
        json(response, await signStatusListDelta(other, to, forger.status.privateKey));
      };
      server.handler = (request, response) => {
        if (request.url?.startsWith('/api/crl?from=') === true) void answer(response);
        else authority.handle(request, response);
      };
      keeper.need(1);
      await until(() => listed.length === 2);
      expect([await statusOf(agent), revoked.includes(agent.passport.passport_id), faults]).toEqual([
        'revoked',
        true,
        [],
      ]);
      expect(server.requests.filter((url) => url === '/api/crl')).toHaveLength(2);
    },
  );

  it('is fetched again and again while nothing is heard', async () => {
    await keeper.close();
    keeper = await open(20);
    keeper.start();
    await until(() => lists() >= 4);
    await authority.revoke(agent);
    await until(() => revoked.length > 0);
  });

  it('and in time before it runs out, where everything is heard', async () => {
    await keeper.close();
    authority.listTtlSeconds = 1;
    isHeard = true;
    keeper = await open(1);
    keeper.start();
    await until(() => lists() >= 2);
    expect(lists()).toBe(2);
  });

  it('is waited for after failures', async () => {
    server.handler = (_request, response) => void response.writeHead(500).end();
    keeper.start();
    await until(() => faults.length >= 2);
    server.handler = authority.handle;
    await until(() => listed.length === 1);
  });
});

describe('a list is refused', () => {
  const refusal = async (body: Promise<object>) =>
    keeper.take(bytes(await body)).then(
      () => 'accepted',
      (error: unknown) => (error as { reason: string }).reason,
    );

  it('that is older than one before, also after a restart', async () => {
    const old = await authority.signList();
    await authority.revoke(agent);
    expect(await refusal(authority.signList())).toBe('accepted');
    expect(await refusal(Promise.resolve(old))).toBe('status_list_rolled_back');
    keeper = await open();
    expect(await refusal(Promise.resolve(old))).toBe('status_list_rolled_back');
    expect(await statusOf(agent)).toBe('unknown');
  });

  it('that another key has signed', async () => {
    const forger = authority.fork();
    forger.status = forger.root;
    await forger.revoke(agent);
    expect(await refusal(forger.signList())).toBe('status_invalid');
    expect(revoked).toEqual([]);
  });

  it('of another history, and what it says of revocations counts all the same', async () => {
    const other = authority.fork();
    await authority.issue('here');
    await keeper.take(bytes(await authority.signList()));
    await other.issue('there');
    await other.revoke(agent);
    server.handler = other.handle;
    expect(await refusal(other.signList())).toBe('status_fork');
    expect(revoked).toEqual([agent.passport.passport_id]);
  });

  it('of a backup that was restored', async () => {
    const backup = authority.fork();
    await authority.revoke(agent);
    await keeper.take(bytes(await authority.signList()));
    // Its operator has noticed that numbers must grow.
    backup.listNumber = 9;
    server.handler = backup.handle;
    const refused = keeper.take(bytes(await backup.signList()));
    await expect(refused).rejects.toMatchObject({ name: 'TrustClientError', code: 'http_status' });
    expect(await statusOf(agent)).toBe('revoked');
  });

  it('where its proof is garbage', async () => {
    await keeper.take(bytes(await authority.signList()));
    await authority.issue('more');
    authority.listNumber = 2;
    server.handler = (_request, response) => json(response, { from_size: 1, to_size: 2, path: [] });
    expect(await refusal(authority.signList())).toBe('status_fork');
  });

  it('that has run out', async () => {
    const list = await authority.signList();
    clock.advance(300_000);
    expect(await refusal(Promise.resolve(list))).toBe('status_stale');
  });
});
