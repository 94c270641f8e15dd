import type { AuditSink } from './audit-event.js';

/**
 * Keeps a sink that throws, or returns a promise that rejects, from changing the decision that it is told of. A lost event is the sink's own loss: it
 * has been called.
 */
export function shieldAudit(sink: AuditSink): AuditSink {
  return (event) => {
    try {
      const outcome: unknown = sink(event);
      if (outcome instanceof Promise) outcome.catch(() => undefined);
    } catch {
      // Nothing to do: the decision stands whether or not anybody wrote it down.
    }
  };
}
