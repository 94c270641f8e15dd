import { describe, expect, it } from 'vitest';
import { shieldAudit } from '../../src/index.js';
import type { AuditEvent } from '../../src/index.js';

const EVENT: AuditEvent = {
  type: 'message.refused',
  atMs: 1_767_225_600_000,
  role: 'server',
  code: 'MCPS-005',
  reason: 'nonce_repeated',
  stage: 'nonce',
  latencyMs: 0.1,
};

describe('a shielded sink', () => {
  it('is told of the event', () => {
    const events: AuditEvent[] = [];
    shieldAudit((event) => events.push(event))(EVENT);
    expect(events).toEqual([EVENT]);
  });

  it('may throw anything', () => {
    for (const thrown of [new Error('disk full'), undefined, 'text', null]) {
      const sink = shieldAudit(() => {
        throw thrown;
      });
      expect(() => {
        sink(EVENT);
      }).not.toThrow();
    }
  });

  it('may return a promise that is rejected: nobody is left to handle it', async () => {
    // A rejection that nobody handles fails this run.
    shieldAudit(() => Promise.reject(new Error('disk full')) as unknown as undefined)(EVENT);
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('gives its caller nothing to wait for', () => {
    const sink: (event: AuditEvent) => unknown = shieldAudit(
      () => new Promise(() => undefined) as unknown as undefined,
    );
    expect(sink(EVENT)).toBeUndefined();
  });
});
