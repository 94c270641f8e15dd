import { describe, expect, it } from 'vitest';
import {
  INITIALIZE,
  INITIALIZE_RESULT,
  Pair,
  TestAuthority,
  call,
  lastDelivered,
  methods,
  reasons,
  resultOf,
} from './harness.js';

describe('the handshake', () => {
  it('establishes one session on both sides and delivers what the applications sent, exactly', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    expect(pair.client.connection.state).toBe('established');
    expect(pair.server.connection.state).toBe('established');
    expect(pair.client.connection.session).toMatch(/^[0-9a-f]{64}$/);
    expect(pair.server.connection.session).toBe(pair.client.connection.session);
    expect(pair.server.delivered.map(({ message }) => message)).toEqual([
      INITIALIZE,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ]);
    expect(pair.client.delivered.map(({ message }) => message)).toEqual([INITIALIZE_RESULT]);
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('tells each side who the other is', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    expect(pair.server.connection.peer).toMatchObject({
      agent: { name: 'agent' },
      level: 1,
      standing: 'anchored',
      issuer: 'authority.example',
      authenticated: true,
    });
    expect(pair.client.connection.peer).toMatchObject({ agent: { name: 'server' }, standing: 'anchored' });
  });

  it('carries calls, answers and notifications both ways', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    await pair.send('client', call(1));
    await pair.send('server', {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 1, progress: 1 },
    });
    await pair.send('server', resultOf(1));
    await pair.send('server', { jsonrpc: '2.0', id: 1, method: 'roots/list' });
    await pair.send('client', { jsonrpc: '2.0', id: 1, result: { roots: [] } });
    await pair.send('client', call(2));
    await pair.send('server', { jsonrpc: '2.0', id: 2, error: { code: -32602, message: 'no', data: 'text' } });
    expect(pair.server.delivered.slice(2).map(({ message }) => message)).toEqual([
      call(1),
      { jsonrpc: '2.0', id: 1, result: { roots: [] } },
      call(2),
    ]);
    expect(pair.client.delivered.slice(1).map(({ message }) => message)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
      resultOf(1),
      { jsonrpc: '2.0', id: 1, method: 'roots/list' },
      { jsonrpc: '2.0', id: 2, error: { code: -32602, message: 'no', data: 'text' } },
    ]);
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('advertises MCPS below the application and takes the advertisement out again', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    expect(pair.traffic[0]?.message).toMatchObject({
      params: {
        capabilities: { extensions: { 'dev.mcps/secure': { versions: ['1.0'], minTrustLevel: 1, features: [] } } },
      },
    });
    expect(pair.traffic[1]?.message).toMatchObject({
      result: { capabilities: { tools: {}, extensions: { 'dev.mcps/secure': { versions: ['1.0'] } } } },
    });
  });

  it('holds what the server sends before the handshake is done, in order', async () => {
    const pair = await Pair.create();
    const notify = (n: number): Record<string, unknown> => ({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'info', data: n },
    });
    await pair.send('server', notify(1));
    await pair.send('client', INITIALIZE);
    await pair.send('server', notify(2));
    await pair.send('server', INITIALIZE_RESULT);
    await pair.send('server', notify(3));
    expect(methods(pair.client)).toEqual(['answer']);
    await pair.send('client', { jsonrpc: '2.0', method: 'notifications/initialized' });
    expect(pair.client.delivered.slice(1).map(({ message }) => message)).toEqual([notify(1), notify(2), notify(3)]);
    expect(reasons(pair.client)).toEqual([]);
  });

  it('serves only ping until the client has proved itself', async () => {
    const pair = await Pair.create();
    await pair.send('client', INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    await pair.send('client', { jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(methods(pair.server)).toEqual(['initialize', 'ping']);
    await pair.send('client', call(2));
    expect(methods(pair.server)).toEqual(['initialize', 'ping']);
    expect(reasons(pair.server)).toEqual(['binding_pending']);
    expect(lastDelivered(pair.client)).toMatchObject({
      id: 2,
      error: { code: -33012, data: { reason: 'binding_pending' } },
    });
  });

  it('gives a refused handshake its reason, with the level that is asked for', async () => {
    const pair = await Pair.create({ server: { minTrustLevel: 1 } });
    const stranger = await TestAuthority.create(pair.clock, 'nobody.example');
    const weak = await Pair.create({
      authority: pair.authority,
      clientIdentity: await stranger.issue('stranger'),
    });
    await weak.send('client', INITIALIZE);
    expect(methods(weak.server)).toEqual([]);
    expect(lastDelivered(weak.client)).toMatchObject({
      id: 0,
      error: { code: -33009, data: { code: 'MCPS-009', reason: 'level_insufficient', minTrustLevel: 1 } },
    });
  });
});
