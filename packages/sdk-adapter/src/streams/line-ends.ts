import type { Readable, Writable } from 'node:stream';
import { toRefusalObject } from '@mcps/protocol';
import { answeredIdOf, requestIdOf } from '../json-object.js';
import { LineTransport } from './line-transport.js';
import type { LineTransportOptions } from './line-transport.js';

/** The end of the wire: what cannot be read is refused in its turn, by the connection. */
export function wireEnd(input: Readable, output: Writable, maxLineBytes?: number): LineTransport {
  return new LineTransport(input, output, {
    maxLineBytes,
    onUnreadable(message) {
      // Read by the inbound pump only, which knows it by its class.
      this.onmessage?.(message);
    },
  });
}

/** The end of a local peer without security: what it wrote and nobody can read is answered here, to whichever side waits. */
export function plainEnd(
  input: Readable,
  output: Writable,
  limits: Omit<LineTransportOptions, 'onUnreadable'> = {},
): LineTransport {
  return new LineTransport(input, output, {
    ...limits,
    onUnreadable({ fault, outline }) {
      this.onerror?.(fault);
      if (outline === undefined) return;
      const asked = requestIdOf(outline);
      const answered = answeredIdOf(outline);
      if (asked !== undefined) {
        this.send({ jsonrpc: '2.0', id: asked, error: { ...toRefusalObject(fault) } }).catch((error: unknown) =>
          this.onerror?.(error as Error),
        );
      } else if (answered !== undefined) {
        const error = { code: -32603, message: 'Internal error: the response could not be read' };
        this.onmessage?.({ jsonrpc: '2.0', id: answered, error });
      }
    },
  });
}
