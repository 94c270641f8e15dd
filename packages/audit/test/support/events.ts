import type { AuditEvent, AuditPeer, MessageAccepted } from '@mcps/protocol';

export const AT_MS = Date.UTC(2026, 2, 1, 12);

export const PEER: AuditPeer = {
  passportId: `asp_${'a'.repeat(32)}`,
  agent: { name: 'assistant', version: '1.2.0' },
  level: 2,
  identity: `authority.example/asp_${'a'.repeat(32)}`,
};

export function accepted(overrides: Partial<MessageAccepted> & Record<string, unknown> = {}): AuditEvent {
  return {
    type: 'message.accepted',
    atMs: AT_MS,
    role: 'server',
    peer: PEER,
    kind: 'request',
    method: 'tools/call',
    latencyMs: 0.25,
    ...overrides,
  };
}

/** Events that can be told apart: their times count up. */
export function numbered(count: number, first = 0): AuditEvent[] {
  return Array.from({ length: count }, (_, index) => accepted({ atMs: AT_MS + first + index, id: first + index }));
}
