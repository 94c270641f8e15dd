import { encodeUtf8 } from '@mcps/crypto';
import type { AuthorityEvent } from '../formats.js';
import { writeEventId } from './event-id.js';

/** An event in the form of server-sent events (HTML Living Standard, section 9.2). JSON has no line breaks, so one `data` line holds it. */
export function encodeEvent(event: AuthorityEvent): Uint8Array {
  return encodeUtf8(`id: ${writeEventId(event)}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

/** Tells a client how long to wait before it comes back after the connection is lost. */
export function encodeRetry(delayMs: number): Uint8Array {
  return encodeUtf8(`retry: ${Math.round(delayMs)}\n\n`);
}
