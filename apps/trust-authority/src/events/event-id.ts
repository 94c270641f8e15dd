import type { AuthorityEvent } from '../formats.js';

/** What a client has seen last: the id of a server-sent event. */
export interface EventPosition {
  readonly era: number;
  readonly epoch: number;
}

const EVENT_ID = /^(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/;

/** The id under which an event is sent: where its client stands once it has it. */
export function writeEventId({ era, epoch }: EventPosition | AuthorityEvent): string {
  return `${era}.${epoch}`;
}

/** Reads an id that a client sends back; `undefined` for what was never one of ours. */
export function readEventId(text: string): EventPosition | undefined {
  const match = EVENT_ID.exec(text);
  return match === null ? undefined : { era: Number(match[1]), epoch: Number(match[2]) };
}
