import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityApi } from '../../src/authority/authority-api.js';
import type { FeedEvent } from '../../src/feed/event.js';
import { Feed } from '../../src/feed/feed.js';
import { TestClock } from '../support/authority.js';
import { TestEvents, until } from '../support/event-source.js';
import { TestServer } from '../support/http-server.js';

let clock: TestClock;
let events: TestEvents;
let server: TestServer;
let feed: Feed;
let revoked: string[];
let gaps: number[];
let live: boolean[];
let faults: unknown[];
let trustedEra: number;

function open(options: { readonly heartbeatMs?: number; readonly urls?: readonly string[] } = {}): Feed {
  const api = new AuthorityApi({
    urls: options.urls ?? [server.url],
    fetch,
    clock: Date.now,
    random: () => 0,
    attemptTimeoutMs: 20_000,
  });
  return new Feed({
    api,
    clock: clock.read,
    random: () => 0,
    heartbeatMs: options.heartbeatMs ?? 10_000,
    openTimeoutMs: 20_000,
    read: async (text) => {
      const event = JSON.parse(text) as FeedEvent & { readonly forged?: boolean };
      if (event.forged === true) throw new Error('not signed by the authority');
      return event;
    },
    isEraTrusted: (era) => era === trustedEra,
    onRevoked: (id) => revoked.push(id),
    onGap: (epoch) => gaps.push(epoch),
    onKeySet: () => gaps.push(-1),
    onLive: (isLive) => live.push(isLive),
    onFault: (error) => faults.push(error),
  });
}

const beat = (epoch: number): FeedEvent => ({ type: 'heartbeat', era: 1, epoch, producedAtMs: clock.now });
const revocation = (epoch: number): FeedEvent => ({
  type: 'revocation',
  era: 1,
  epoch,
  producedAtMs: clock.now,
  revoked: { passportId: `asp_${epoch}`, expiresAtMs: clock.now + 1_000_000 },
});

beforeEach(async () => {
  clock = new TestClock();
  events = new TestEvents();
  server = await TestServer.start(events.handle);
  [revoked, gaps, live, faults] = [[], [], [], []];
  trustedEra = 1;
  feed = open();
});

afterEach(async () => {
  await feed.close();
  await server.stop();
});

describe('a feed', () => {
  it('is live once it is heard and a list has told of what was before', async () => {
    events.greeting = () => [beat(3)];
    feed.start();
    await until(() => gaps.length > 0);
    expect([gaps, feed.isLive, feed.heardUntilMs]).toEqual([[3], false, undefined]);
    feed.listed(3);
    expect([live, feed.heardUntilMs]).toEqual([[true], clock.now]);
  });

  it('tells of each revocation at once, with or without a list', async () => {
    feed.start();
    await until(() => events.listeners === 1);
    events.send(revocation(8));
    await until(() => revoked.length === 1);
    expect([revoked, feed.isLive]).toEqual([['asp_8'], false]);
    feed.listed(7);
    expect(feed.isLive).toBe(true);
    events.send(revocation(9));
    await until(() => revoked.length === 2);
    expect([revoked, gaps, feed.isLive]).toEqual([['asp_8', 'asp_9'], [7], true]);
  });

  it('is heard for as long as there are signs of life, up to the last of them', async () => {
    events.greeting = () => [beat(0)];
    feed.listed(0);
    feed.start();
    await until(() => feed.isLive);
    const first = clock.now;
    clock.advance(25_000);
    expect(feed.heardUntilMs).toBe(first);
    clock.advance(1);
    // What was heard stays heard; that nothing has come since is another matter.
    expect([feed.isLive, feed.heardUntilMs]).toEqual([false, first]);
    events.send(beat(0));
    await until(() => feed.isLive);
    expect(feed.heardUntilMs).toBe(clock.now);
  });

  it('takes no word for later than it can have been given', async () => {
    feed.listed(0);
    feed.start();
    await until(() => events.listeners === 1);
    events.send({ ...beat(0), producedAtMs: clock.now + 30_000 });
    await until(() => feed.isLive);
    expect(feed.heardUntilMs).toBe(clock.now);
  });

  it('is not kept alive by the past', async () => {
    events.greeting = () => [beat(5)];
    feed.listed(5);
    feed.start();
    await until(() => feed.isLive);
    const before = clock.now;
    clock.advance(10_000);
    events.send(beat(4), revocation(5));
    await until(() => revoked.length === 1);
    expect(feed.heardUntilMs).toBe(before);
  });

  it('has a gap where one is missing, until a list has it', async () => {
    events.greeting = () => [beat(0)];
    feed.listed(0);
    feed.start();
    await until(() => feed.isLive);
    const before = clock.now;
    clock.advance(1_000);
    events.send(revocation(2));
    await until(() => revoked.length === 1);
    expect([feed.isLive, feed.heardUntilMs, gaps, live]).toEqual([false, before, [1], [true, false]]);
    feed.listed(2);
    expect([feed.isLive, feed.heardUntilMs, live]).toEqual([true, clock.now, [true, false, true]]);
  });

  it('goes on from where it left off', async () => {
    events.greeting = () => [beat(4)];
    feed.listed(4);
    feed.start();
    await until(() => feed.isLive);
    events.greeting = () => [revocation(5), revocation(6), beat(6)];
    events.end();
    await until(() => revoked.length === 2);
    expect([events.opened, revoked, gaps]).toEqual([
      [{ lastEventId: undefined }, { lastEventId: '1.4' }],
      ['asp_5', 'asp_6'],
      [],
    ]);
    await until(() => feed.isLive);
  });

  it.each([true, false])(
    'comes back however its stream ends (properly: %s), and is not live meanwhile',
    async (isProper) => {
      events.greeting = () => [beat(0)];
      feed.listed(0);
      feed.start();
      await until(() => feed.isLive);
      let isAway = true;
      server.handler = (request, response) => {
        if (isAway) response.destroy();
        else events.handle(request, response);
      };
      events.end(isProper);
      await until(() => !feed.isLive);
      await until(() => server.requests.length >= 3);
      isAway = false;
      await until(() => feed.isLive);
    },
  );

  it('takes events that come another way for what they say, and not for a sign of life', async () => {
    feed.listed(0);
    feed.takeAside(revocation(1));
    expect([revoked, gaps, feed.isLive]).toEqual([['asp_1'], [1], false]);
    events.greeting = () => [beat(1)];
    feed.listed(1);
    feed.start();
    await until(() => feed.isLive);
    feed.takeAside(revocation(1));
    expect([gaps, feed.isLive]).toEqual([[1], true]);
    feed.takeAside(revocation(3));
    expect([revoked, gaps]).toEqual([
      ['asp_1', 'asp_1', 'asp_3'],
      [1, 3],
    ]);
  });

  it('says that keys have changed', async () => {
    feed.listed(0);
    feed.start();
    await until(() => events.listeners === 1);
    events.send({ ...beat(0), type: 'key-set' });
    await until(() => gaps.length === 1);
    expect(gaps).toEqual([-1]);
  });
});

describe('another life of the log', () => {
  it('is heard once the root key vouches for it, and its revocations at once', async () => {
    events.greeting = () => [beat(4)];
    feed.listed(4);
    feed.start();
    await until(() => feed.isLive);
    clock.advance(25_001);
    events.send({ ...revocation(5), era: 2 }, { ...beat(5), era: 2 });
    await until(() => gaps.length === 2);
    // It asks for the key set, and is deaf meanwhile.
    expect([revoked, gaps, feed.isLive]).toEqual([['asp_5'], [-1, -1], false]);
    trustedEra = 2;
    events.send({ ...beat(5), era: 2 });
    await until(() => gaps.length === 3);
    expect([gaps[2], feed.isLive]).toEqual([5, false]);
    feed.listed(5);
    expect(feed.isLive).toBe(true);
    events.send(beat(6));
    events.send({ ...revocation(6), era: 2 });
    await until(() => revoked.length === 2);
    expect(feed.isLive).toBe(true);
  });
});

describe('a hostile stream', () => {
  it('that forges an event is left, and opened again', async () => {
    events.greeting = () => [beat(0)];
    feed.listed(0);
    feed.start();
    await until(() => feed.isLive);
    events.send({ ...revocation(1), forged: true } as never);
    await until(() => faults.length === 1);
    expect(revoked).toEqual([]);
    await until(() => events.opened.length >= 2);
  });

  it.each([
    ['garbage', 'data: {\n\n'],
    ['an event without end', `data: ${'x'.repeat(20_000)}`],
  ])('that sends %s is left', async (_title, text) => {
    feed.start();
    await until(() => events.listeners === 1);
    events.sendText(text);
    await until(() => faults.length > 0);
    expect([feed.isLive, revoked]).toEqual([false, []]);
  });

  it('that falls silent is left, also where it sends comments to keep the connection', async () => {
    await feed.close();
    feed = open({ heartbeatMs: 40 });
    events.greeting = () => [beat(0)];
    feed.listed(0);
    feed.start();
    await until(() => feed.isLive);
    const comments = setInterval(() => events.sendText(': still here\n'), 5);
    await until(() => faults.length > 0);
    clearInterval(comments);
    expect(faults[0]).toMatchObject({ code: 'timed_out' });
    await until(() => events.opened.length >= 2);
  });

  it.each([
    ['redirects', 302, 'text/event-stream'],
    ['fails', 500, 'text/event-stream'],
    ['sends something else', 200, 'application/json'],
  ])('that %s is none', async (_title, status, type) => {
    server.handler = (_request, response) => {
      response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:1/' });
      response.end('data: {}\n\n');
    };
    feed.start();
    await until(() => faults.length > 0);
    expect(faults[0]).toMatchObject({ name: 'TrustClientError' });
  });

  it('gives way to the next address', async () => {
    await feed.close();
    const dead = await TestServer.start();
    const deadUrl = dead.url;
    await dead.stop();
    feed = open({ urls: [deadUrl, server.url] });
    events.greeting = () => [beat(0)];
    feed.listed(0);
    feed.start();
    await until(() => feed.isLive);
  });
});

it('a feed that is closed opens no stream any more', async () => {
  events.greeting = () => [beat(0)];
  feed.start();
  await until(() => events.listeners === 1);
  await feed.close();
  await until(() => events.listeners === 0);
  expect([feed.isLive, events.opened.length]).toEqual([false, 1]);
});
