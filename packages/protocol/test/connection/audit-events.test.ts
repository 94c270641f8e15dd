import { canonicalize } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../src/index.js';
import type { AuditEvent, JsonObject } from '../../src/index.js';
import { Pair, call, resultOf } from './harness.js';

/** What `message_hash` is taken over, made without the code under test. */
async function hashOf(received: JsonObject): Promise<string> {
  const text = canonicalize(openEnvelope(received).message);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const last = (events: readonly AuditEvent[]): AuditEvent | undefined => events.at(-1);
const latency = { latencyMs: expect.any(Number) as number };

describe('the event of a message', () => {
  it('that was accepted says who sent it, what it is about, and what was signed', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    await pair.send('client', call('seven', 'transfer', { amount: 'a secret' }));
    const sent = pair.traffic.at(-1)!.message;
    expect(last(pair.server.audit)).toEqual({
      type: 'message.accepted',
      atMs: pair.clock.now,
      role: 'server',
      peer: pair.server.delivered.at(-1)!.identity,
      kind: 'request',
      method: 'tools/call',
      tool: 'transfer',
      id: 'seven',
      messageHash: await hashOf(sent),
      ...latency,
    });
    await pair.send('server', resultOf('seven'));
    const answer = last(pair.client.audit);
    expect(answer).toMatchObject({ type: 'message.accepted', kind: 'result', method: undefined, id: 'seven' });
    expect(answer).not.toHaveProperty('tool');
    expect(JSON.stringify([pair.server.audit, pair.client.audit])).not.toContain('a secret');
  });

  it('that was refused says what it claims to be', async () => {
    const pair = await Pair.create();
    await pair.initialize();
    let tampered: JsonObject = {};
    pair.wire = (message) => {
      tampered = { ...message, params: { ...(message['params'] as JsonObject), name: 'delete_everything' } };
      pair.wire = () => [];
      return [tampered];
    };
    await pair.send('client', call(7, 'read_file'));
    expect(pair.server.audit.filter(({ type }) => type === 'message.refused')).toEqual([
      {
        type: 'message.refused',
        atMs: pair.clock.now,
        role: 'server',
        code: 'MCPS-004',
        reason: 'signature_invalid',
        stage: 'signature',
        claimedPassportId: pair.clientConfig.passport.passport_id,
        kind: 'request',
        method: 'tools/call',
        tool: 'delete_everything',
        id: 7,
        messageHash: await hashOf(tampered),
        ...latency,
      },
    ]);
  });

  it('that has no envelope has no hash', async () => {
    const pair = await Pair.create();
    await pair.arrive('server', call(1));
    expect(last(pair.server.audit)).toMatchObject({
      type: 'message.refused',
      reason: 'envelope_missing',
      tool: 'echo',
    });
    expect(last(pair.server.audit)).not.toHaveProperty('messageHash');
    expect(last(pair.server.audit)).not.toHaveProperty('claimedPassportId');
  });

  it('that policy lets in unsigned is one of its own, and names nobody', async () => {
    const pair = await Pair.create({ server: { requireSecurity: false, minTrustLevel: 0 } });
    await pair.arrive('server', call(1, 'echo', { text: 'a secret' }));
    expect(pair.server.delivered).toHaveLength(1);
    expect(pair.server.audit).toEqual([
      {
        type: 'message.unsigned',
        atMs: pair.clock.now,
        role: 'server',
        kind: 'request',
        method: 'tools/call',
        tool: 'echo',
        id: 1,
        ...latency,
      },
    ]);
  });

  it('names a tool of nothing but a call, and no name that is no text', async () => {
    const pair = await Pair.create({ server: { requireSecurity: false, minTrustLevel: 0 } });
    await pair.arrive('server', { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'echo' } });
    await pair.arrive('server', { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: ['echo'] } });
    await pair.arrive('server', { jsonrpc: '2.0', id: 3, method: 'tools/call' });
    expect(pair.server.audit).toHaveLength(3);
    for (const event of pair.server.audit) expect(event).not.toHaveProperty('tool');
  });
});
