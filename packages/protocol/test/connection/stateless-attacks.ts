import { expect } from 'vitest';
import { MemoryReplayStore } from '../../src/index.js';
import type { ReplayStore } from '../../src/index.js';
import { Pair, call } from './harness.js';
import { exchange, restarted, setUpStateless } from './stateless-server.js';

/** Attacks on messages that stand for themselves. Each rejects if the attack gets through. */
export const STATELESS_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'replays a call to a server that keeps no session': async () => {
    const { pair, server } = await setUpStateless();
    const message = await pair.sign('client', call(1));
    await server.post(message);
    await server.post(structuredClone(message));
    expect(server.calls).toEqual([1]);
    expect(server.refused).toEqual(['nonce_repeated']);
  },

  'sends the first try of a repeated call again': async () => {
    const world = await setUpStateless();
    const { pair } = world;
    await exchange(pair, world.server, call(1));
    const other = await restarted(world);
    world.clock.advance(10);
    const first = await pair.sign('client', call(2));
    const [refusal] = await other.post(first);
    const [answer] = await pair.client.connection.open(refusal);
    if (answer?.type !== 'answer') return;
    const [repeated] = await pair.client.connection.protect(answer.answer);
    if (repeated?.type !== 'send') return;
    await other.post(repeated.message);
    await other.post(first);
    await other.post(repeated.message);
    expect(other.calls).toEqual([2]);
    expect(other.refused).toEqual(['unknown_passport', 'nonce_repeated', 'nonce_repeated']);
  },

  'holds the second try of a call back until its first, which another replica carried out, is forgotten': async () => {
    const world = await setUpStateless();
    const { pair, clock } = world;
    const shared = new MemoryReplayStore({ clock: clock.read });
    clock.advance(1_000);
    const [a, b] = [await restarted(world, shared), await restarted(world, shared)];
    await exchange(pair, a, call(1));
    const first = await pair.sign('client', call(2));
    const [refusal] = await b.post(first);
    // As late as the client still makes the call again.
    clock.advance(30_000);
    const [answer] = await pair.client.connection.open(refusal);
    if (answer?.type !== 'answer') throw new Error('the call is not made again');
    const [repeated] = await pair.client.connection.protect(answer.answer);
    if (repeated?.type !== 'send') throw new Error('the call is not made again');
    await a.post(first);
    clock.advance(271_000);
    await exchange(pair, a, call(3));
    await b.post(repeated.message);
    expect([a.calls, b.calls]).toEqual([[1, 2, 3], []]);
    expect(b.refused).toEqual(['unknown_passport', 'retry_invalid']);
  },

  'replays a call after a restart': async () => {
    const world = await setUpStateless();
    const message = await world.pair.sign('client', call(1));
    world.clock.advance(1_000);
    const server = await restarted(world);
    await server.post(message);
    expect(server.calls).toEqual([]);
    expect(server.refused).toEqual(['below_store_floor']);
  },

  'replays a call to a shared store that has lost its memory': async () => {
    const world = await setUpStateless();
    const message = await world.pair.sign('client', call(1));
    world.clock.advance(1_000);
    let floorMs = -Infinity;
    // As a store elsewhere does: whoever consumes the next nonce hears that everything before it is forgotten.
    const replayStore: ReplayStore = {
      shared: true,
      floorMs: () => floorMs,
      consume: async (_entries, nowMs) => {
        floorMs = nowMs + 300_000;
        return 'accepted';
      },
    };
    const server = await restarted(world, replayStore);
    await server.post(message);
    expect(server.calls).toEqual([]);
    expect(server.refused).toEqual(['below_store_floor']);
  },

  'relays a call to another server that keeps no session': async () => {
    const a = await setUpStateless();
    const identity = await a.authority.issue('other');
    const b = await restarted({ ...a, identity });
    a.clock.advance(10);
    await b.post(await a.pair.sign('client', call(1)));
    expect(b.calls).toEqual([]);
    expect(b.refused).toEqual(['audience_mismatch']);
  },

  'takes a call out of a session to a server that keeps none': async () => {
    const { server, identity, authority } = await setUpStateless();
    const agent = await authority.issue('agent');
    const known = await Pair.create({
      authority,
      clientIdentity: agent,
      client: { audience: identity.passport.passport_id },
    });
    await exchange(known, server, call(1));
    const pair = await Pair.create({ authority, clientIdentity: agent, serverIdentity: identity });
    await pair.initialize();
    await server.post(await pair.sign('client', call(2)));
    expect(server.calls).toEqual([1]);
    expect(server.refused).toEqual(['session_mismatch']);
  },

  'passes the message of a server off as that of a client': async () => {
    // An agent that also serves: whoever calls it must not be able to feed it what its own servers say to it.
    const world = await setUpStateless();
    const { pair, identity, authority, clock } = world;
    const agent = await authority.issue('agent-and-server');
    const asServer = await restarted({ ...world, identity: agent });
    clock.advance(10);
    const asClient = await Pair.create({
      authority,
      clientIdentity: agent,
      serverIdentity: identity,
      client: { audience: identity.passport.passport_id },
      server: { stateless: true },
      delivery: 'concurrent',
    });
    await asClient.send('client', { jsonrpc: '2.0', id: 1, method: 'ping' });
    const fromServer = await asClient.sign('server', call(7));
    await asServer.post(
      await (
        await Pair.create({ authority, clientIdentity: identity, client: { audience: agent.passport.passport_id } })
      ).sign('client', { jsonrpc: '2.0', id: 0, method: 'ping' }),
    );
    await asServer.post(fromServer);
    expect(pair.server.delivered).toEqual([]);
    expect(asServer.calls).toEqual([]);
    expect(asServer.refused).toEqual(['direction_reflected']);
  },
};
