import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/index.js';
import { PendingTable } from '../../src/connection/pending-table.js';
import { Pair, call, lastDelivered, methods, reasons, resultOf } from './harness.js';
import type { PairOptions } from './harness.js';

const established = async (options: PairOptions = {}): Promise<Pair> => {
  const pair = await Pair.create(options);
  await pair.initialize();
  return pair;
};

const cancelled = (requestId: number): JsonObject => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

/** Far above what any test here sends. */
const NO_LIMIT = { perSecond: 1_000_000, burst: 1_000_000 };

describe('a request beyond the limit of its connection', () => {
  const tight = { server: { connectionLimit: { perSecond: 1, burst: 3 } } };

  it('is refused in an answer that its sender can verify, and that names the time to wait', async () => {
    const pair = await established(tight);
    await pair.send('client', call(1));
    await pair.send('client', call(2));
    expect(methods(pair.server)).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
    expect(reasons(pair.server)).toEqual(['connection_limit']);
    // No outcome is unknown: the server says, verifiably and of this very request, that it did nothing.
    expect(lastDelivered(pair.client)).toEqual({
      jsonrpc: '2.0',
      id: 2,
      error: {
        code: -33010,
        message: expect.any(String) as string,
        data: { code: 'MCPS-010', reason: 'connection_limit', retryAfterMs: 1_000 },
      },
    });
    expect(pair.client.delivered.at(-1)?.identity?.agent.name).toBe('server');
    expect(reasons(pair.client)).toEqual([]);
  });

  it('is missed by nobody: the connection goes on once there is room', async () => {
    const pair = await established(tight);
    for (const id of [1, 2, 3]) await pair.send('client', call(id));
    pair.clock.advance(1_000);
    await pair.send('client', call(4));
    await pair.send('server', resultOf(4));
    expect(lastDelivered(pair.client)).toEqual(resultOf(4));
    expect(reasons(pair.server)).toEqual(['connection_limit', 'connection_limit']);
    expect(reasons(pair.client)).toEqual([]);
  });

  it('is not let in by an answer made up for it', async () => {
    const pair = await established(tight);
    await pair.send('client', call(1));
    pair.wire = (message, from) =>
      from === 'server' ? [{ jsonrpc: '2.0', id: 2, error: { code: -33010, message: 'made up' } }] : [message];
    await pair.send('client', call(2));
    expect(reasons(pair.client)).toEqual(['envelope_missing']);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 2, error: { data: { outcome: 'unknown' } } });
  });

  it('is reported, and taken as signed, in observe mode', async () => {
    const pair = await established({ server: { ...tight.server, mode: 'observe' } });
    await pair.send('client', call(1));
    await pair.send('client', call(2));
    await pair.send('server', resultOf(2));
    expect(reasons(pair.server)).toEqual(['connection_limit']);
    expect(lastDelivered(pair.client)).toEqual(resultOf(2));
    expect(reasons(pair.client)).toEqual([]);
  });
});

describe('a message that the pump has no room for', () => {
  it('is refused verifiably, out of its turn', async () => {
    const pair = await established();
    const [first, second] = [await pair.sign('client', call(1)), await pair.sign('client', call(2))];
    const [answer] = await pair.server.connection.refuse(second);
    await pair.arrive('server', first);
    expect(answer?.type).toBe('answer');
    if (answer?.type !== 'answer') return;
    const [sent] = await pair.server.connection.protect(answer.answer);
    if (sent?.type !== 'send') throw new Error('nothing was signed');
    await pair.arrive('client', sent.message);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 2, error: { data: { reason: 'connection_limit' } } });
    expect(lastDelivered(pair.client)).not.toHaveProperty('error.data.outcome');
    expect(reasons(pair.client)).toEqual([]);
  });

  it('is missed where nobody has said that it was refused, and not where somebody has', async () => {
    for (const said of [false, true]) {
      const pair = await established();
      const signed = [];
      for (const id of [1, 2, 3, 4]) signed.push(await pair.sign('client', call(id)));
      await pair.arrive('server', signed[0]);
      for (const message of signed.slice(1, 3)) await pair.server.connection.refuse(message);
      if (said) pair.server.connection.skip(2);
      await pair.arrive('server', signed[3]);
      expect(reasons(pair.server)).toEqual(said ? [] : ['sequence_gap']);
    }
  });

  it('ends the request that it answers with an unknown outcome', async () => {
    const pair = await established();
    await pair.send('client', call(1));
    const answer = await pair.sign('server', resultOf(1));
    const [delivered, report] = await pair.client.connection.refuse(answer);
    expect(delivered).toMatchObject({
      type: 'deliver',
      identity: undefined,
      message: { id: 1, error: { code: -33010, data: { reason: 'connection_limit', outcome: 'unknown' } } },
    });
    expect(report).toMatchObject({ type: 'report' });
  });

  it('is nobody’s business once the connection has closed', async () => {
    const pair = await established();
    const message = await pair.sign('client', call(1));
    pair.server.connection.close();
    expect(await pair.server.connection.refuse(message)).toEqual([]);
  });
});

describe('requests that await an answer', () => {
  it('keep what their answer must be bound to when a stranger uses their id', async () => {
    const pair = await established();
    await pair.send('client', call(1));
    // The refusal goes to the stranger, as on HTTP.
    pair.wire = () => [];
    await pair.arrive('server', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } });
    await pair.arrive('server', structuredClone(pair.traffic.at(-2)?.message));
    pair.wire = (message) => [message];
    const answer = await pair.sign('server', resultOf(1));
    expect(answer).toHaveProperty(['result', '_meta', 'dev.mcps/re']);
  });

  it('are bounded for whoever sends them; a cancelled one makes room', async () => {
    const pair = await established({ client: { rateLimit: NO_LIMIT } });
    const { connection } = pair.client;
    for (let id = 1; id <= 10_000; id += 1) await connection.protect({ jsonrpc: '2.0', id, method: 'ping' });
    expect(await connection.protect(call('one too many'))).toMatchObject([
      { type: 'fail', error: { code: 'state_unavailable' } },
    ]);
    await connection.protect(cancelled(7));
    expect(await connection.protect(call('in its place'))).toMatchObject([{ type: 'send' }]);
    connection.abandon(8);
    expect(await connection.protect(call('in the place of another'))).toMatchObject([{ type: 'send' }]);
  });

  const ping = (id: number | string): JsonObject => ({ jsonrpc: '2.0', id, method: 'ping' });
  const unlimited = { connectionLimit: NO_LIMIT, rateLimit: NO_LIMIT };

  it('are bounded for whoever receives them unsigned; a cancelled one makes room', async () => {
    const pair = await Pair.create({ server: { ...unlimited, requireSecurity: false, minTrustLevel: 0 } });
    for (let id = 1; id <= 10_000; id += 1) await pair.server.connection.open(ping(id));
    await pair.arrive('server', ping('one too many'));
    expect(reasons(pair.server)).toEqual(['connection_limit']);
    await pair.arrive('server', cancelled(7));
    await pair.arrive('server', ping('in its place'));
    expect(lastDelivered(pair.server)).toEqual(ping('in its place'));
  });

  it('are bounded for whoever receives them signed; a cancelled one makes room', async () => {
    const pair = await established({ server: unlimited, delivery: 'concurrent' });
    for (let id = 1; id <= 10_000; id += 1) await pair.server.connection.open(await pair.sign('client', ping(id)));
    // Lost on the way, so that the client believes it has room.
    await pair.sign('client', cancelled(1));
    await pair.send('client', ping('one too many'));
    expect(reasons(pair.server)).toEqual(['connection_limit']);
    await pair.send('client', cancelled(7));
    await pair.send('client', ping('in its place'));
    expect(lastDelivered(pair.server)).toEqual(ping('in its place'));
    expect(reasons(pair.server)).toEqual(['connection_limit']);
  });

  it('may still be answered after they were cancelled', async () => {
    const pair = await established();
    await pair.send('client', call(1));
    await pair.send('client', cancelled(1));
    await pair.send('server', resultOf(1));
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
    expect(reasons(pair.client)).toEqual([]);
  });
});

describe('a table of things awaited', () => {
  it('forgets the oldest of a thousand abandoned entries first, and no other', () => {
    const table = new PendingTable<number>(2_000);
    for (let id = 0; id < 1_002; id += 1) table.set(id, id);
    for (let id = 0; id < 1_001; id += 1) table.abandon(id);
    expect([table.get(0), table.get(1), table.get(1_000), table.get(1_001)]).toEqual([undefined, 1, 1_000, 1_001]);
    expect([table.take(1), table.take(1)]).toEqual([1, undefined]);
  });

  it('takes an id that is used again for the new entry', () => {
    const table = new PendingTable<string>(1);
    table.set(1, 'old');
    table.abandon(1);
    table.set(1, 'new');
    expect([table.full, table.take(1), table.take(1)]).toEqual([true, 'new', undefined]);
  });
});
