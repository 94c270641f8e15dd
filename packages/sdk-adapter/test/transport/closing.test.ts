import { describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { rejectionOf } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';
import { INITIALIZE, handshake, securedPair, settled } from '../harness/secured-pair.js';

describe('the end of a connection', () => {
  it('that the peer brings about comes after what the peer sent before', async () => {
    const pair = await securedPair(await makeParties());
    await handshake(pair);
    const order: string[] = [];
    pair.server.transport.onmessage = (message) => void order.push(String((message as { id?: number }).id));
    pair.server.transport.onclose = () => void order.push('closed');
    const sends = [1, 2, 3, 4, 5].map((id) => pair.client.transport.send({ jsonrpc: '2.0', id, method: 'x/y' }));
    await Promise.all(sends);
    await pair.client.inner.close();
    await settled(() => order.includes('closed'));
    expect(order).toEqual(['1', '2', '3', '4', '5', 'closed']);
  });

  it('that we bring about takes effect at once, and once', async () => {
    const pair = await securedPair(await makeParties());
    await handshake(pair);
    let closes = 0;
    pair.server.transport.onclose = () => void (closes += 1);
    await pair.client.transport.send({ jsonrpc: '2.0', id: 1, method: 'x/y' });
    const closing = pair.server.transport.close();
    await closing;
    expect(closes).toBe(1);
    expect(pair.server.delivered).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pair.server.delivered).toEqual([]);
    expect(closes).toBe(1);
    expect(pair.server.transport.securityState).toBe('closed');
  });

  it('rejects what waits for the handshake, and everything sent later', async () => {
    const inner = new ScriptedTransport();
    const parties = await makeParties();
    const secured = secureTransport(inner, { ...parties.client.options, role: 'client' });
    await secured.start();
    await secured.send(INITIALIZE);
    const held = rejectionOf(secured.send({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(inner.sent).toHaveLength(1);
    await secured.close();
    expect((await held).message).toContain('closed');
    expect((await rejectionOf(secured.send({ jsonrpc: '2.0', id: 2, method: 'ping' }))).message).toContain('closed');
  });
});

describe('bounded queues', () => {
  it('refuse one message too many to send', async () => {
    const inner = new ScriptedTransport();
    const parties = await makeParties();
    const secured = secureTransport(inner, { ...parties.client.options, role: 'client', maxQueuedMessages: 3 });
    await secured.start();
    await secured.send(INITIALIZE);
    const held = [1, 2, 3].map((id) => rejectionOf(secured.send({ jsonrpc: '2.0', id, method: 'ping' })));
    expect(await rejectionOf(secured.send({ jsonrpc: '2.0', id: 4, method: 'ping' }))).toMatchObject({
      code: 'MCPS-010',
      reason: 'connection_limit',
    });
    await secured.close();
    await Promise.all(held);
  });

  it('never refuse an answer: somebody waits for it', async () => {
    const parties = await makeParties({ server: { requireSecurity: false, minTrustLevel: 0, maxQueuedMessages: 1 } });
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, { ...parties.server.options, role: 'server' });
    await secured.start();
    // Held: nobody has said yet whether this connection is secured.
    const held = secured.send({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    await Promise.all([
      rejectionOf(secured.send({ jsonrpc: '2.0', method: 'notifications/message', params: {} })),
      rejectionOf(secured.send({ jsonrpc: '2.0', id: 9, method: 'ping' })),
    ]);
    const answers = [1, 2].map((id) => secured.send({ jsonrpc: '2.0', id, result: {} }));
    inner.receive({ jsonrpc: '2.0', id: 1, method: 'ping' });
    await Promise.all([held, ...answers]);
    expect(inner.sent.map(({ message }) => message.id)).toEqual([undefined, 1, 2]);
  });

  it('answer one request too many, and report it', async () => {
    const parties = await makeParties({ server: { requireSecurity: false, minTrustLevel: 0, maxQueuedMessages: 2 } });
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, { ...parties.server.options, role: 'server' });
    const delivered: unknown[] = [];
    const reported: Error[] = [];
    secured.onmessage = (message) => void delivered.push(message);
    secured.onerror = (error) => void reported.push(error);
    await secured.start();
    for (let id = 1; id <= 5; id += 1) inner.receive({ jsonrpc: '2.0', id, method: 'ping' });
    await settled(() => delivered.length === 3 && inner.sent.length === 2);
    expect(inner.sent.map(({ message }) => [message.id, message.error.code, message.error.data.reason])).toEqual([
      [4, -33010, 'connection_limit'],
      [5, -33010, 'connection_limit'],
    ]);
    expect(reported).toHaveLength(2);
  });

  it('end a request whose answer was one too many with an unknown outcome', async () => {
    const parties = await makeParties({ client: { requireSecurity: false, minTrustLevel: 0, maxQueuedMessages: 1 } });
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, { ...parties.client.options, role: 'client' });
    const delivered: Wire[] = [];
    secured.onmessage = (message) => void delivered.push(message);
    await secured.start();
    await secured.send(INITIALIZE);
    inner.receive({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    inner.receive({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    inner.receive({ jsonrpc: '2.0', id: 0, result: {} });
    await settled(() => delivered.some((message) => message.id === 0));
    expect(delivered.find((message) => message.id === 0)).toMatchObject({
      error: { code: -33010, data: { reason: 'connection_limit', outcome: 'unknown' } },
    });
  });
});
