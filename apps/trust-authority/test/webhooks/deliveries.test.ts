import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { openLedger } from '../../src/ledger/open-ledger.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { createAddressGuard } from '../../src/webhooks/address-guard.js';
import { DeliveryLedger } from '../../src/webhooks/delivery-ledger.js';
import { WebhookDispatcher } from '../../src/webhooks/dispatcher.js';
import type { DispatcherOptions } from '../../src/webhooks/dispatcher.js';
import { StoredWebhooks } from '../../src/webhooks/stored-webhooks.js';
import { describeDatabases } from '../support/databases.js';
import { TestFeed } from '../support/feed.js';
import { AUTHORITY, fileWitness } from '../support/ledgers.js';

/** Tries again at once, three times in all. */
const policy = { firstDelayMs: 1, maxDelayMs: 1, maxAttempts: 3 };
const guard = createAddressGuard(['127.0.0.0/8']);
const resolve = () => Promise.resolve(['127.0.0.1']);

interface Arrived {
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function receiver(statusOf: (epoch: number) => number = () => 204) {
  const arrived: Arrived[] = [];
  let answer = statusOf;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      arrived.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(answer(JSON.parse(body).epoch)).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return {
    arrived,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    epochs: () => arrived.map(({ body }) => JSON.parse(body).epoch as number),
    answer: (next: (epoch: number) => number) => (answer = next),
  };
}

describeDatabases('deliveries to webhooks', (kind) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function world() {
    const location = await kind.create();
    const feed = new TestFeed();
    const opened: Store[] = [];
    const open = async () => {
      const store = await openStore(location);
      opened.push(store);
      ends.push(() => store.close());
      await migrate(store);
      return store;
    };
    const store = await open();
    const { ledger } = await openLedger({ store, authority: AUTHORITY, witness: fileWitness() });
    ends.push(() => ledger.close());
    return {
      feed,
      store,
      desk: new StoredWebhooks({ store, guard, resolve }),
      /** Revokes in the feed and in the database, where the dispatcher looks for what there is. */
      revoke: async (count: number) => {
        feed.revoke(count);
        await store.transaction((transaction) =>
          transaction.updateTable('authority_state').set({ epoch: feed.epoch }).execute(),
        );
      },
      dispatch: async (options: Partial<DispatcherOptions> = {}) => {
        const outcomes: string[] = [];
        const errors: unknown[] = [];
        const dispatcher = new WebhookDispatcher({
          feed,
          ledger: new DeliveryLedger(await open()),
          guard,
          resolve,
          policy,
          pollMs: 20,
          onOutcome: (outcome) => outcomes.push(outcome),
          onError: (error) => errors.push(error),
          ...options,
        });
        ends.push(() => dispatcher.close());
        dispatcher.start();
        return { dispatcher, outcomes, errors };
      },
    };
  }

  it('tell every revocation after the registration, in order, signed with the secret', async () => {
    const { desk, revoke, dispatch, feed } = await world();
    await revoke(3);
    const { arrived, url, epochs } = await receiver();
    const { record, secret } = await desk.register({ url, owner: 'first' });
    const { dispatcher } = await dispatch();
    await revoke(120);
    dispatcher.wake();
    await vi.waitFor(() => expect(epochs()).toHaveLength(120), 30_000);
    expect(epochs()).toEqual(Array.from({ length: 120 }, (_, index) => 4 + index));
    const verifier = new Webhook(secret);
    for (const { headers, body } of arrived) expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
    expect(arrived[0]!.headers['webhook-id']).toBe('1.4');
    expect(JSON.parse(arrived[0]!.body)).toEqual(feed.events[3]);
    await vi.waitFor(async () => expect((await desk.get(record.id))!.deliveredEpoch).toBe(123), 30_000);
  });

  it('are made by one of several replicas each', async () => {
    const { desk, revoke, dispatch } = await world();
    const { url, epochs } = await receiver();
    await desk.register({ url, owner: 'first' });
    const dispatchers = await Promise.all([dispatch(), dispatch(), dispatch()]);
    await revoke(60);
    for (const { dispatcher } of dispatchers) dispatcher.wake();
    await vi.waitFor(() => expect(epochs().length).toBeGreaterThanOrEqual(60), 30_000);
    for (const { dispatcher } of dispatchers) await dispatcher.close();
    expect(epochs()).toEqual(Array.from({ length: 60 }, (_, index) => 1 + index));
  });

  it('go on after a restart where they were', async () => {
    const { desk, revoke, dispatch } = await world();
    const { url, epochs } = await receiver();
    await desk.register({ url, owner: 'first' });
    const before = await dispatch();
    await revoke(2);
    before.dispatcher.wake();
    await vi.waitFor(() => expect(epochs()).toEqual([1, 2]), 30_000);
    await before.dispatcher.close();
    await revoke(2);
    await dispatch();
    await vi.waitFor(() => expect(epochs()).toEqual([1, 2, 3, 4]), 30_000);
  });

  it('are tried again until they succeed, and nothing overtakes', async () => {
    const { desk, revoke, dispatch } = await world();
    let failures = 2;
    const { url, epochs } = await receiver((epoch) => (epoch === 2 && (failures -= 1) >= 0 ? 503 : 200));
    const { record } = await desk.register({ url, owner: 'first' });
    const { outcomes } = await dispatch();
    await revoke(3);
    await vi.waitFor(() => expect(epochs()).toEqual([1, 2, 2, 2, 3]), 30_000);
    await vi.waitFor(async () => expect(await desk.get(record.id)).toMatchObject({ deliveredEpoch: 3 }), 30_000);
    expect(await desk.get(record.id)).toMatchObject({ state: 'active', failedAttempts: 0, deadEpochs: [] });
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(2);
  });

  it('are given up after so many tries, kept as dead letters, and made anew on demand', async () => {
    const { desk, revoke, dispatch } = await world();
    const { url, epochs, answer } = await receiver((epoch) => (epoch === 2 ? 400 : 200));
    const { record } = await desk.register({ url, owner: 'first' });
    const { outcomes } = await dispatch();
    await revoke(3);
    await vi.waitFor(() => expect(epochs()).toEqual([1, 2, 2, 2, 3]), 30_000);
    expect(outcomes).toContain('dead');
    await vi.waitFor(async () => expect(await desk.get(record.id)).toMatchObject({ deliveredEpoch: 3 }), 30_000);
    expect(await desk.get(record.id)).toMatchObject({ state: 'active', deadEpochs: [2] });
    answer(() => 200);
    expect(await desk.redeliver(record.id)).toBe(true);
    await vi.waitFor(() => expect(epochs()).toEqual([1, 2, 2, 2, 3, 2, 3]), 30_000);
    await vi.waitFor(async () => expect((await desk.get(record.id))!.deliveredEpoch).toBe(3), 30_000);
    expect((await desk.get(record.id))!.deadEpochs).toEqual([]);
  });

  it('stop where nothing gets through, instead of trying for ever', async () => {
    const { desk, revoke, dispatch } = await world();
    const { url, epochs, answer } = await receiver(() => 500);
    const { record } = await desk.register({ url, owner: 'first' });
    await dispatch();
    await revoke(10);
    await vi.waitFor(async () => expect((await desk.get(record.id))!.state).toBe('stopped'), 30_000);
    expect(await desk.get(record.id)).toMatchObject({ deadEpochs: [1, 2, 3], lastFailure: 'answered with status 500' });
    expect(epochs()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    answer(() => 200);
    await desk.redeliver(record.id);
    await vi.waitFor(() => expect(epochs().slice(9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 30_000);
  });

  it('do not wait for a webhook that does not answer', async () => {
    const { desk, revoke, dispatch } = await world();
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await desk.register({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, owner: 'first' });
    const { url, epochs } = await receiver();
    await desk.register({ url, owner: 'first' });
    await dispatch({ timeLimitMs: 2000 });
    await revoke(1);
    await vi.waitFor(() => expect(epochs()).toEqual([1]), 1900);
  });

  it('are checked anew at each try: a name that has moved inside gets nothing', async () => {
    const { desk, revoke, dispatch, store } = await world();
    const { url, arrived } = await receiver();
    // Registered while its name led to a public address.
    const outside = new StoredWebhooks({
      store,
      guard: createAddressGuard(),
      resolve: () => Promise.resolve(['93.184.216.34']),
    });
    const moved = url.replace('http://127.0.0.1', 'https://hooks.example');
    const { record } = await outside.register({ url: moved, owner: 'first' });
    await dispatch({ guard: createAddressGuard() });
    await revoke(1);
    await vi.waitFor(async () => expect((await desk.get(record.id))!.deadEpochs).toEqual([1]), 30_000);
    expect((await desk.get(record.id))!.lastFailure).toBe('address_forbidden');
    expect(arrived).toEqual([]);
  });

  it('are taken to so many places and no more', async () => {
    const { store, desk } = await world();
    const few = new StoredWebhooks({ store, guard, resolve, maxWebhooks: 3, maxPerOwner: 2 });
    await few.register({ url: 'http://127.0.0.1:1/', owner: 'a' });
    await few.register({ url: 'http://127.0.0.1:2/', owner: 'a' });
    await expect(few.register({ url: 'http://127.0.0.1:3/', owner: 'a' })).rejects.toMatchObject({
      code: 'webhook_limit',
    });
    await few.register({ url: 'http://127.0.0.1:4/', owner: 'b' });
    await expect(few.register({ url: 'http://127.0.0.1:5/', owner: 'c' })).rejects.toMatchObject({
      code: 'webhook_limit',
    });
    expect((await desk.list()).map(({ url }) => url)).toEqual([
      'http://127.0.0.1:1/',
      'http://127.0.0.1:2/',
      'http://127.0.0.1:4/',
    ]);
  });

  it('are not registered for places where nothing may go', async () => {
    const { store, desk } = await world();
    const strict = new StoredWebhooks({ store, guard: createAddressGuard(), resolve });
    for (const url of ['https://127.0.0.1/', 'https://hooks.example/', 'http://hooks.example/', 'nonsense']) {
      await expect(strict.register({ url, owner: 'a' })).rejects.toMatchObject({ code: 'webhook_refused' });
    }
    expect(await desk.list()).toEqual([]);
  });

  it('end with the webhook', async () => {
    const { desk, revoke, dispatch } = await world();
    const { url, arrived } = await receiver();
    const { record } = await desk.register({ url, owner: 'first' });
    expect(await desk.remove(record.id)).toBe(true);
    expect(await desk.remove(record.id)).toBe(false);
    expect(await desk.redeliver(record.id)).toBe(false);
    expect(await desk.get(record.id)).toBeUndefined();
    const other = await receiver();
    await desk.register({ url: other.url, owner: 'first' });
    await dispatch();
    await revoke(1);
    await vi.waitFor(() => expect(other.epochs()).toEqual([1]), 30_000);
    expect(arrived).toEqual([]);
  });
});
