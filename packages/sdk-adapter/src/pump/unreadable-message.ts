import type { JsonObject, McpsError } from '@mcps/protocol';

/** Handed on in place of a message whose bytes are refused, so that the refusal is answered in its turn. */
export class UnreadableMessage {
  /** Passes where messages pass. */
  readonly [name: string]: unknown;

  constructor(
    readonly fault: McpsError,
    /** The kind and the id of the message, where they could be made out. Not to be relied on: it only says whom to answer. */
    readonly outline: JsonObject | undefined,
  ) {}
}
