import type { JsonObject, PeerIdentity } from '@mcps/protocol';
import { isObject, requestIdOf } from '../../json-object.js';

/** Where messages go, once they are signed. */
export interface MessageSink {
  write(message: JsonObject): void;
}

/** What became of a message that a client has posted. */
export type Verdict =
  /** It has been verified. A response that was refused is delivered as an error of our own making, without an identity. */
  | { readonly type: 'delivered'; readonly message: JsonObject; readonly identity: PeerIdentity | undefined }
  /** It was refused, and this signed answer says why: with `status`, or the one of its revision. */
  | { readonly type: 'answered'; readonly message: JsonObject; readonly status?: number }
  /** It was refused, and nobody waits for an answer, or none can be signed. */
  | { readonly type: 'refused' };

/** Puts a request of our own to the application, in the name of a caller who has been verified. Resolves with its answer. */
export type AskInNameOf = (request: JsonObject, identity: PeerIdentity | undefined) => Promise<JsonObject>;

/** One message of a client on its way through the order of checks. */
export class PostedMessage implements MessageSink {
  readonly verdict: Promise<Verdict>;
  #settle: (verdict: Verdict) => void = () => undefined;
  #isOwed = false;

  /** @param ask puts a request of our own to the application, in the name of whoever this message turns out to be from. */
  constructor(
    private readonly received: unknown,
    readonly ask: AskInNameOf,
  ) {
    this.verdict = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Where the connection's own answer goes. Asking for it means that one is being signed. */
  answerSink(): MessageSink {
    this.#isOwed = isObject(this.received) && requestIdOf(this.received) !== undefined;
    return this;
  }

  write(message: JsonObject): void {
    this.#settle({ type: 'answered', message });
  }

  deliver(message: JsonObject, identity: PeerIdentity | undefined): void {
    this.#settle({ type: 'delivered', message, identity });
  }

  /** Nothing more comes of it, but the answer that is being signed. */
  opened(): void {
    if (!this.#isOwed) this.unanswered();
  }

  /** No answer comes of it either. */
  unanswered(): void {
    this.#settle({ type: 'refused' });
  }
}
