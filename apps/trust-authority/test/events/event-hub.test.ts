import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventHub, HubFullError } from '../../src/events/event-hub.js';
import type { EventHubOptions } from '../../src/events/event-hub.js';
import { TestFeed } from '../support/feed.js';

function hubOf(options: Partial<EventHubOptions> = {}) {
  const feed = new TestFeed();
  const cut = vi.fn();
  const hub = new EventHub({
    feed,
    heartbeatMs: 3_600_000,
    maxClients: 100,
    maxClientsPerAddress: 100,
    onCut: cut,
    ...options,
  });
  hub.start();
  onTestFinished(() => hub.close());
  return { feed, hub, cut };
}

interface Sent {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  readonly data?: any;
}

/** Reads server-sent events off a stream, as the standard has it. */
function reader(stream: ReadableStream<Uint8Array>) {
  const source = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const next = async (): Promise<Sent | undefined> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await source.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
    const end = text.indexOf('\n\n');
    const fields = Object.fromEntries(
      text
        .slice(0, end)
        .split('\n')
        .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
    );
    text = text.slice(end + 2);
    return fields['data'] === undefined ? fields : { ...fields, data: JSON.parse(fields['data']) };
  };
  return {
    next,
    async take(count: number): Promise<Sent[]> {
      const sent: Sent[] = [];
      while (sent.length < count) sent.push((await next())!);
      return sent;
    },
    cancel: () => source.cancel(),
  };
}

const shown = (sent: readonly Sent[]) => sent.map(({ id, event, retry }) => (retry ? 'retry' : `${event} ${id}`));

describe('the hub of events', () => {
  it('begins with a heartbeat of the present epoch, then tells what happens, in order', async () => {
    const { feed, hub } = hubOf();
    feed.revoke(2);
    const client = reader(hub.connect('a', undefined));
    expect(shown(await client.take(2))).toEqual(['retry', 'heartbeat 1.2']);
    feed.revoke(3);
    const sent = await client.take(3);
    expect(shown(sent)).toEqual(['revocation 1.3', 'revocation 1.4', 'revocation 1.5']);
    expect(sent[0]!.data).toEqual(feed.events[2]);
  });

  it('sends what was missed after the last event seen, without a gap or a repetition', async () => {
    const { feed, hub } = hubOf();
    feed.revoke(1200);
    const client = reader(hub.connect('a', '1.150'));
    // Meanwhile it goes on.
    feed.revoke(5);
    const sent = await client.take(1 + 1055 + 1);
    const revoked = sent.filter(({ event }) => event === 'revocation').map(({ data }) => data.epoch);
    expect(revoked).toEqual(Array.from({ length: 1055 }, (_, index) => 151 + index));
    feed.revoke();
    expect(shown(await client.take(1))).toEqual(['revocation 1.1206']);
  });

  it.each(['2.3', '0.3', '1.99', '1.', 'x', '1.2.3', '-1.2', '1.1e3'])(
    'sends nothing again to one that comes with %j, so that it sees the gap',
    async (id) => {
      const { feed, hub } = hubOf();
      feed.revoke(5);
      const client = reader(hub.connect('a', id));
      expect(shown(await client.take(2))).toEqual(['retry', 'heartbeat 1.5']);
    },
  );

  it('sends nothing again to one that was away for too long', async () => {
    const { feed, hub } = hubOf({ maxReplay: 10 });
    feed.revoke(50);
    expect(shown(await reader(hub.connect('a', '1.39')).take(2))).toEqual(['retry', 'heartbeat 1.50']);
    expect(shown(await reader(hub.connect('a', '1.48')).take(3))).toEqual([
      'retry',
      'revocation 1.49',
      'revocation 1.50',
    ]);
  });

  it('cuts off a client that does not read, and no other', async () => {
    const { feed, hub, cut } = hubOf({ maxBufferedBytes: 20_000 });
    const slow = hub.connect('a', undefined);
    const quick = reader(hub.connect('b', undefined));
    await quick.take(2);
    for (let index = 0; index < 200; index += 1) {
      feed.revoke();
      await quick.take(1);
    }
    expect(cut).toHaveBeenCalledTimes(1);
    expect(hub.clientCount).toBe(1);
    await expect(slow.getReader().read()).rejects.toThrow('does not read');
  });

  it('holds no more for a client that is catching up than for any other', async () => {
    const { feed, hub, cut } = hubOf({ maxBufferedBytes: 20_000 });
    let release: (() => void) | undefined;
    const since = feed.since.bind(feed);
    feed.revoke(10);
    feed.since = async (epoch, limit) => {
      await new Promise<void>((resolve) => (release = resolve));
      return since(epoch, limit);
    };
    const client = hub.connect('a', '1.1');
    await vi.waitFor(() => expect(release).toBeDefined());
    feed.revoke(200);
    expect(cut).toHaveBeenCalledTimes(1);
    expect(hub.clientCount).toBe(0);
    release!();
    await expect(client.getReader().read()).rejects.toThrow('does not read');
  });

  it('waits with what was missed until the client reads', async () => {
    const { feed, hub, cut } = hubOf({ maxBufferedBytes: 400_000 });
    feed.revoke(5000);
    const client = reader(hub.connect('a', '1.0'));
    const sent = await client.take(1 + 5000 + 1);
    expect(sent.filter(({ event }) => event === 'revocation')).toHaveLength(5000);
    expect(cut).not.toHaveBeenCalled();
  });

  it('takes so many clients and no more, of all and of one address, and forgets those that left', async () => {
    const { hub } = hubOf({ maxClients: 3, maxClientsPerAddress: 2 });
    const first = hub.connect('a', undefined);
    hub.connect('a', undefined);
    expect(() => hub.connect('a', undefined)).toThrow(HubFullError);
    hub.connect('b', undefined);
    expect(() => hub.connect('c', undefined)).toThrow(HubFullError);
    await first.cancel();
    expect(hub.clientCount).toBe(2);
    hub.connect('a', undefined);
    expect(hub.clientCount).toBe(3);
  });

  it('sends heartbeats', async () => {
    const { feed, hub } = hubOf({ heartbeatMs: 20 });
    const client = reader(hub.connect('a', undefined));
    const sent = await client.take(4);
    expect(shown(sent)).toEqual(['retry', 'heartbeat 1.0', 'heartbeat 1.0', 'heartbeat 1.0']);
    feed.revoke();
    const [next, after] = (await client.take(3)).filter(({ event, id }) => event === 'revocation' || id === '1.1');
    expect(shown([next!, after!])).toEqual(['revocation 1.1', 'heartbeat 1.1']);
  });

  it('ends every stream when it is closed, and takes nobody any more', async () => {
    const { feed, hub } = hubOf();
    const clients = [reader(hub.connect('a', undefined)), reader(hub.connect('b', undefined))];
    for (const client of clients) await client.take(2);
    hub.close();
    for (const client of clients) expect(await client.next()).toBeUndefined();
    expect(feed.listenerCount).toBe(0);
    expect(() => hub.connect('a', undefined)).toThrow(HubFullError);
  });

  it('ends the stream of a client that cannot be told where it stands', async () => {
    const onError = vi.fn();
    const { feed, hub } = hubOf({ onError });
    feed.heartbeat = () => Promise.reject(new Error('no database'));
    const client = reader(hub.connect('a', undefined));
    await client.take(1);
    expect(await client.next()).toBeUndefined();
    expect(onError).toHaveBeenCalledTimes(1);
  });
});
