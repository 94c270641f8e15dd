import type { AuditEvent } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { REDACTABLE_MEMBERS, auditRecordOf } from '../../src/index.js';
import { cleanText } from '../../src/record/clean-text.js';
import { redaction } from '../../src/record/redaction.js';
import { AT_MS, PEER, accepted } from '../support/events.js';

const TIME = '2026-03-01T12:00:00.000Z';
const BASE = { atMs: AT_MS, role: 'server' } as const;
const OF_PEER = {
  passportId: PEER.passportId,
  agentName: 'assistant',
  agentVersion: '1.2.0',
  level: 2,
  identity: PEER.identity,
};

const REFUSAL = { code: 'MCPS-004', reason: 'signature_invalid', stage: 'signature', latencyMs: 0.5 } as const;
const CASES: readonly [AuditEvent, object][] = [
  [
    accepted(),
    {
      event: 'message.accepted',
      decision: 'accepted',
      ...OF_PEER,
      kind: 'request',
      method: 'tools/call',
      latencyMs: 0.25,
    },
  ],
  [
    { ...BASE, type: 'message.refused', ...REFUSAL, claimedPassportId: 'asp_claimed', kind: 'request', method: 'ping' },
    {
      event: 'message.refused',
      decision: 'refused',
      ...REFUSAL,
      claimedPassportId: 'asp_claimed',
      kind: 'request',
      method: 'ping',
    },
  ],
  [
    { ...BASE, type: 'message.reported', ...REFUSAL },
    { event: 'message.reported', decision: 'reported', ...REFUSAL },
  ],
  [
    { ...BASE, type: 'request.accepted', peer: PEER, verb: 'GET' },
    { event: 'request.accepted', decision: 'accepted', ...OF_PEER, verb: 'GET' },
  ],
  [
    { ...BASE, type: 'request.refused', ...REFUSAL, verb: 'DELETE' },
    { event: 'request.refused', decision: 'refused', ...REFUSAL, verb: 'DELETE' },
  ],
  [
    { ...BASE, type: 'peer.cut-off', peer: PEER, code: 'MCPS-003', reason: 'passport_revoked' },
    { event: 'peer.cut-off', decision: 'refused', ...OF_PEER, code: 'MCPS-003', reason: 'passport_revoked' },
  ],
  [
    { ...BASE, type: 'session.established', peer: PEER, session: 'ab'.repeat(32) },
    { event: 'session.established', decision: 'accepted', ...OF_PEER, session: 'ab'.repeat(32) },
  ],
  [
    { ...BASE, type: 'sequence.lost', session: undefined, sequence: 7 },
    { event: 'sequence.lost', decision: 'noticed', sequence: 7 },
  ],
  [
    {
      ...BASE,
      type: 'tool.collision',
      server: 'authority.example/asp_b',
      tool: 'transfer',
      collision: { kind: 'confusable', otherServer: 'authority.example/asp_c', otherName: 'transfer' },
    },
    {
      event: 'tool.collision',
      decision: 'noticed',
      server: 'authority.example/asp_b',
      tool: 'transfer',
      collision: 'confusable',
      otherServer: 'authority.example/asp_c',
      otherTool: 'transfer',
    },
  ],
];

describe('the record of an event', () => {
  it.each(CASES)('holds what the event says, flat (%#)', (event, expected) => {
    const record = auditRecordOf(event);
    expect(record).toEqual({ time: TIME, role: 'server', ...expected });
    expect(Object.values(record).every((value) => typeof value === 'string' || typeof value === 'number')).toBe(true);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('holds id, tool, hash and latency of a message, where the event has them', () => {
    const more = { id: 'call-1', tool: 'transfer', messageHash: 'cd'.repeat(32), latencyMs: 1.23456 };
    expect(auditRecordOf(accepted(more))).toMatchObject({ ...more, latencyMs: 1.235 });
    expect(auditRecordOf(accepted({ id: 7 })).id).toBe(7);
    const ofNoType: object = { id: null, tool: {}, latencyMs: Number.NaN };
    expect(auditRecordOf(accepted({ ...ofNoType }))).not.toHaveProperty('id');
    expect(auditRecordOf(accepted({ ...ofNoType }))).not.toHaveProperty('latencyMs');
  });

  it('never has a claimed passport beside a verified one, nor anything inherited', () => {
    expect(auditRecordOf(accepted({ claimedPassportId: 'asp_claimed' }))).not.toHaveProperty('claimedPassportId');
    const refused = Object.assign(Object.create({ messageHash: 'inherited', tool: 'inherited' }) as object, {
      ...BASE,
      type: 'message.refused',
      ...REFUSAL,
    }) as AuditEvent;
    expect(auditRecordOf(refused)).not.toHaveProperty('messageHash');
    expect(auditRecordOf(refused)).not.toHaveProperty('tool');
  });

  it('never holds more of an event than is known: no content comes along', () => {
    const text = JSON.stringify(auditRecordOf(accepted({ params: { secret: 'content' }, message: 'content' })));
    expect(text).not.toContain('content');
  });

  it('is bounded, and free of what forges lines, whatever the peer has chosen', () => {
    const forged = `x\n{"event":"message.accepted"}\u0000\u2028\u202e${'\ud83d\ude00'.repeat(300)}`;
    const record = auditRecordOf(
      accepted({
        method: forged,
        tool: forged,
        id: forged,
        peer: { ...PEER, agent: { name: forged, version: forged } },
      }),
    );
    for (const text of [record.method, record.tool, record.id, record.agentName, record.agentVersion]) {
      expect(String(text).length).toBeLessThanOrEqual(256);
      expect(String(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }
  });
});

describe('texts of others', () => {
  it('stay as they are up to 256 units, and are cut at a whole character beyond', () => {
    expect(cleanText('tools/call')).toBe('tools/call');
    expect(cleanText('é\u{1f600}')).toBe('é\u{1f600}');
    expect(cleanText('a'.repeat(256))).toBe('a'.repeat(256));
    expect(cleanText('a'.repeat(257))).toBe(`${'a'.repeat(255)}…`);
    expect(cleanText(`${'a'.repeat(254)}\u{1f600}bc`)).toBe(`${'a'.repeat(254)}\ufffd…`);
    expect(cleanText('a\r\nb\u001b[31m\ud800')).toBe('a\ufffd\ufffdb\ufffd[31m\ufffd');
  });
});

describe('redaction', () => {
  it('replaces the values of the members that are named, and adds none', () => {
    const redact = redaction(['agentName', 'id', 'session']);
    const record = redact(auditRecordOf(accepted({ id: 'secret', latencyMs: 1 })));
    expect(record).toMatchObject({ agentName: '[redacted]', id: '[redacted]', agentVersion: '1.2.0', latencyMs: 1 });
    expect(record).not.toHaveProperty('session');
  });

  it('can replace everything that names somebody', () => {
    const text = JSON.stringify(redaction(REDACTABLE_MEMBERS)(auditRecordOf(accepted({ tool: 'transfer' }))));
    for (const value of [PEER.passportId, 'assistant', 'transfer', 'tools/call']) expect(text).not.toContain(value);
  });

  it('refuses a name that it does not know', () => {
    expect(() => redaction(['agent' as never])).toThrow(expect.objectContaining({ code: 'option_invalid' }));
  });
});
