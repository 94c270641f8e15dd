import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { KnownRevocations } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { bridge, secureMCP, secureTransport } from '../../src/index.js';
import { rejectionOf, textOf, until } from '../harness/expectations.js';
import { createFixtureServer, newCalls } from '../harness/fixture-server.js';
import { serveStateful } from '../harness/http-server.js';
import { makeParties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';
import { createClient } from '../harness/session.js';
import { isSigned } from '../harness/message.js';

const tick = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('bridge', () => {
  it('joins a plain client to a secured HTTP server, in both directions and with everything', async () => {
    const parties = await makeParties();
    const calls = newCalls();
    const http = await serveStateful((transport) =>
      secureMCP(createFixtureServer(calls), parties.server.options).connect(transport),
    );
    const [left, right] = InMemoryTransport.createLinkedPair();
    const upstream = secureTransport(
      new StreamableHTTPClientTransport(http.url) as Transport & StreamableHTTPClientTransport,
      {
        ...parties.client.options,
        role: 'client',
      },
    );
    const errors: Error[] = [];
    const joined = await bridge(right, upstream, { onerror: (error) => void errors.push(error) });
    const client = createClient([], undefined);
    await client.connect(left);
    expect(upstream.protocolVersion).toBe('2025-11-25');
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'through' } }))).toBe('through');
    expect(textOf(await client.callTool({ name: 'elicit', arguments: {} }))).toContain('Ada');
    expect(textOf(await client.callTool({ name: 'sample', arguments: {} }))).toContain('Hello!');
    const steps: number[] = [];
    await client.callTool({ name: 'progress', arguments: { steps: 5 } }, undefined, {
      onprogress: ({ progress }) => void steps.push(progress),
    });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(calls.extras[0]!.authInfo!.clientId).toBe(parties.client.identity.passport.passport_id);
    expect(errors).toEqual([]);
    await client.close();
    await joined.closed;
    await http.close();
  });

  it('puts a secured face on a plain server, over HTTP with progress on the stream of its request', async () => {
    const parties = await makeParties();
    const calls = newCalls();
    const http = await serveStateful(async (transport) => {
      const [left, right] = InMemoryTransport.createLinkedPair();
      await createFixtureServer(calls).connect(right);
      await bridge(secureTransport(transport, { ...parties.server.options, role: 'server' }), left);
    });
    const client = createClient([], parties.client.options);
    await client.connect(new StreamableHTTPClientTransport(http.url));
    const steps: number[] = [];
    await client.callTool({ name: 'progress', arguments: { steps: 5 } }, undefined, {
      onprogress: ({ progress }) => void steps.push(progress),
    });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    await client.close();
    await http.close();
  });

  it('closes both sides when one closes, and says so once', async () => {
    for (const first of ['a', 'b'] as const) {
      const [a, b] = [new ScriptedTransport(), new ScriptedTransport()];
      let closes = 0;
      const joined = await bridge(a, b, { onclose: () => void (closes += 1) });
      await { a, b }[first].close();
      await joined.closed;
      expect(closes).toBe(1);
    }
  });

  it('starts nothing at the front where the back cannot be started, and the other way round', async () => {
    const [a, b] = [new ScriptedTransport(), new ScriptedTransport()];
    b.start = () => Promise.reject(new Error('no back'));
    await expect(bridge(a, b)).rejects.toThrow('no back');
    expect(a.started).toBe(false);
    const [c, d] = [new ScriptedTransport(), new ScriptedTransport()];
    let closed = false;
    d.close = () => {
      closed = true;
      return Promise.resolve();
    };
    c.start = () => Promise.reject(new Error('no front'));
    await expect(bridge(c, d)).rejects.toThrow('no front');
    expect(closed).toBe(true);
  });

  it('answers a request that cannot be passed on, and reports every error', async () => {
    const [a, b] = [new ScriptedTransport(), new ScriptedTransport()];
    const errors: string[] = [];
    await bridge(a, b, { onerror: (error) => void errors.push(error.message) });
    b.sending = () => Promise.reject(new Error('wire broke'));
    a.receive({ jsonrpc: '2.0', id: 1, method: 'ping' });
    a.receive({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } });
    await until(() => a.sent.length === 1);
    expect(a.sent[0]!.message).toMatchObject({ id: 1, error: { code: -32603 } });
    a.onerror?.(new Error('front'));
    b.onerror?.(new Error('back'));
    expect(errors).toEqual(['wire broke', 'wire broke', 'front', 'back']);
  });

  it('closes rather than lose an answer', async () => {
    const [a, b] = [new ScriptedTransport(), new ScriptedTransport()];
    const joined = await bridge(a, b);
    a.sending = () => Promise.reject(new Error('client went away'));
    b.receive({ jsonrpc: '2.0', id: 1, result: {} });
    await joined.closed;
  });

  it('goes on where an answer was refused to somebody who is revoked meanwhile, and who hears that', async () => {
    const parties = await makeParties();
    const revocations = new KnownRevocations();
    const [left, right] = InMemoryTransport.createLinkedPair();
    const [near, far] = InMemoryTransport.createLinkedPair();
    let finish: (() => void) | undefined;
    const upstream = createFixtureServer(newCalls());
    upstream.registerTool('endless', {}, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return { content: [] };
    });
    await upstream.connect(far);
    const errors: Error[] = [];
    const secured = secureTransport(right, { ...parties.server.options, revocations, role: 'server' });
    const joined = await bridge(secured, near, { onerror: (error) => void errors.push(error) });
    const client = createClient([], parties.client.options);
    await client.connect(left);
    const refused = rejectionOf(client.callTool({ name: 'endless' }));
    await until(() => finish !== undefined, 'the call');
    const { passport_id: id, expires_at: end } = parties.client.identity.passport;
    revocations.add(parties.authority.issuer, id, Date.parse(end));
    finish?.();
    expect(await refused).toMatchObject({ code: -33003, data: { reason: 'passport_revoked' } });
    expect(await rejectionOf(client.callTool({ name: 'endless' }))).toMatchObject({ code: -33003 });
    expect(errors.length).toBeGreaterThan(0);
    await client.close();
    await joined.closed;
  });

  it('holds the source back while the other end is slow, and refuses what comes all the same', async () => {
    const [a, b] = [new ScriptedTransport(), new ScriptedTransport()];
    const states: string[] = [];
    await bridge(a, b, {
      maxPending: 4,
      flow: { a: { pause: () => states.push('paused'), resume: () => states.push('flowing') } },
    });
    const finish: (() => void)[] = [];
    b.sending = () => new Promise((resolve) => finish.push(resolve));
    for (let id = 1; id <= 6; id += 1) a.receive({ jsonrpc: '2.0', id, method: 'ping' });
    await tick();
    expect(b.sent).toHaveLength(4);
    expect(states).toEqual(['paused']);
    expect(a.sent.map(({ message }) => [message.id, message.error.code])).toEqual([
      [5, -33010],
      [6, -33010],
    ]);
    for (const done of finish) done();
    await tick();
    expect(states).toEqual(['paused', 'flowing']);
    a.receive({ jsonrpc: '2.0', id: 7, method: 'ping' });
    await tick();
    expect(b.sent).toHaveLength(5);
  });

  it('verifies at one hop and signs anew at the next', async () => {
    const parties = await makeParties();
    const hop = await parties.authority.issue('hop');
    const calls = newCalls();
    const wire: unknown[] = [];
    const [clientEnd, hopFront] = InMemoryTransport.createLinkedPair();
    const [hopBack, serverEnd] = InMemoryTransport.createLinkedPair();
    const send = hopBack.send.bind(hopBack);
    hopBack.send = (message, options) => {
      wire.push(message);
      return send(message, options);
    };
    const hopOptions = { passport: hop.passport, privateKey: hop.privateKey, trustAnchors: parties.authority.anchors };
    await secureMCP(createFixtureServer(calls), parties.server.options).connect(serverEnd);
    await bridge(
      secureTransport(hopFront, { ...hopOptions, role: 'server' }),
      secureTransport(hopBack, { ...hopOptions, role: 'client' }),
    );
    const client = new Client({ name: 'c', version: '1' });
    const securedClient = secureTransport(clientEnd, { ...parties.client.options, role: 'client' });
    await client.connect(securedClient);
    await client.callTool({ name: 'echo', arguments: { text: 'two hops' } });
    expect(securedClient.peer!.passportId).toBe(hop.passport.passport_id);
    expect(calls.extras[0]!.authInfo!.clientId).toBe(hop.passport.passport_id);
    expect(wire.every(isSigned)).toBe(true);
    await client.close();
  });
});
