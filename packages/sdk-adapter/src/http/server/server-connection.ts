import { McpsError } from '@mcps/protocol';
import type { BodilessRequest, PeerIdentity, Connection, Incoming, JsonObject, JsonRpcId } from '@mcps/protocol';
import { noteVerified, rememberIdentity } from '../../identity/caller-identity.js';
import { answeredIdOf } from '../../json-object.js';
import { SERVER_CARRIERS } from '../../options/carriers.js';
import type { SecureOptions } from '../../options/options.js';
import { Inbound } from '../../pump/inbound.js';
import { LinkSlot } from '../../pump/link.js';
import { openLink } from '../../pump/open-link.js';
import { Outbound } from '../../pump/outbound.js';
import { isReplaced } from '../../pump/replaced-answers.js';
import type { FrameOutput } from '../sse/transform-frames.js';
import { PostedMessage } from './posted-message.js';
import type { AskInNameOf, MessageSink, Verdict } from './posted-message.js';

/** Of how many of its requests a session can send the answer again, when a stream that was cut off is resumed. */
const REPEATABLE_ANSWERS = 1_000;

/** What a connection needs of the handler that it belongs to. */
export interface ServerConnectionPort {
  readonly options: SecureOptions;
  readonly capacity: number;
  /** Whether refusals are only reported. */
  readonly observe: boolean;
  report(error: Error): void;
  /** Hands the application what no request of the client brought: the end of a call to a client that has been cut off. */
  inject(request: Request): void;
}

/** One secured connection of a handler: that of a session, or of a single request. */
export class ServerConnection {
  readonly #link: LinkSlot;
  readonly #inbound: Inbound<PostedMessage, MessageSink>;
  readonly #outbound: Outbound<MessageSink>;
  /** Where an answer that replaces another goes, by the id of the request. */
  readonly #routes = new Map<JsonRpcId, MessageSink>();
  readonly #streams = new Set<FrameOutput>();
  readonly #releases: (() => void)[] = [];
  readonly #closing: (() => void)[] = [];
  #calledAt: { readonly url: string; readonly headers: Headers } | undefined;
  #closed = false;

  constructor(private readonly port: ServerConnectionPort) {
    const shared = {
      report: (error: Error) => port.report(error),
      shutdown: () => this.close(),
    };
    this.#link = new LinkSlot(
      openLink('server', port.options, {
        delivery: 'concurrent',
        carriers: SERVER_CARRIERS,
        endpoint: undefined,
        snapshot: undefined,
        repeatableAnswers: REPEATABLE_ANSWERS,
        report: shared.report,
        onCutOff: (actions) => this.#cutOff(actions),
        onRelease: (release) => this.#onRelease(release),
      }),
    );
    this.#outbound = new Outbound(
      {
        ...shared,
        link: this.#link,
        transmit: (message, sink, relatedTo) => this.#transmit(message, sink, relatedTo),
        deliver: (message) => this.#inject(message),
        unanswered: (sink) => {
          if (sink instanceof PostedMessage) sink.unanswered();
        },
      },
      port.capacity,
    );
    this.#inbound = new Inbound(
      {
        ...shared,
        link: this.#link,
        outbound: this.#outbound,
        deliver: (message, posted, identity) => {
          rememberIdentity(message, identity);
          if (posted === undefined) this.#inject(message);
          else posted.deliver(message, identity);
        },
        ask: (request, posted, identity) =>
          posted?.ask(request, identity) ?? Promise.reject(new McpsError('state_unavailable')),
        wayBack: (posted) => posted?.answerSink(),
      },
      port.capacity,
    );
  }

  /** Rejects with the fault of the configuration. */
  async ready(): Promise<Connection> {
    return (await this.#link.ready).connection;
  }

  /** Takes a message of the client through the order of checks. Never rejects for a message. */
  async receive(message: unknown, ask: AskInNameOf): Promise<Verdict> {
    if (this.#closed) return { type: 'refused' };
    const posted = new PostedMessage(message, ask);
    const unwatch = this.onClosed(() => posted.unanswered());
    this.#inbound.receive(message, posted, () => posted.opened());
    const verdict = await posted.verdict;
    unwatch();
    return verdict;
  }

  /**
   * Verifies the header of a request that has no body. Resolves with who made it; with `undefined` where policy lets it in without.
   *
   * @throws McpsError (as a rejection) to refuse it.
   */
  async openRequest(header: string | undefined, request: BodilessRequest): Promise<PeerIdentity | undefined> {
    const { connection } = await this.#link.ready;
    const identity = await connection.openRequest(header, request);
    noteVerified(identity);
    return identity;
  }

  /**
   * Signs a message of the application into `sink`; one that must wait for the handshake comes there later. Resolves when it, or what replaces it, has been
   * written. Never rejects: a message that cannot be signed is reported, and `false` says that nothing was written.
   */
  async protect(message: JsonObject, sink: MessageSink): Promise<boolean> {
    const id = answeredIdOf(message);
    if (id !== undefined) this.#routes.set(id, sink);
    try {
      await this.#outbound.send(message, sink);
      return true;
    } catch (error) {
      if (!(error instanceof Error) || !isReplaced(error)) {
        this.port.report(
          error instanceof Error ? error : new Error('A message could not be signed.', { cause: error }),
        );
        return false;
      }
      this.port.report(error);
      return true;
    } finally {
      if (id !== undefined && this.#routes.get(id) === sink) this.#routes.delete(id);
    }
  }

  /** Whether a message that is given to {@link protect} now may have to wait for one that the client has yet to send. */
  get mayHold(): boolean {
    const state = this.#link.made?.connection.state;
    return state === undefined || state === 'idle' || state === 'handshake';
  }

  /** Ends the stream with the connection, and as soon as the peer is revoked. Returns what forgets it again. */
  track(stream: FrameOutput): () => void {
    this.#streams.add(stream);
    return () => this.#streams.delete(stream);
  }

  /** Tells of a fault that no answer tells the application of. */
  report(error: Error): void {
    this.port.report(error);
  }

  /** Notes where the application takes the messages of this client. */
  noteRequest(url: string, headers: Headers): void {
    this.#calledAt = { url, headers: withoutCredentials(headers) };
  }

  /** Calls `listener` once the connection is over. Returns what takes that back. */
  onClosed(listener: () => void): () => void {
    this.#closing.push(listener);
    return () => {
      const place = this.#closing.indexOf(listener);
      if (place >= 0) this.#closing.splice(place, 1);
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbound.clear();
    for (const release of this.#releases.splice(0)) release();
    this.#link.close();
    this.#outbound.close(new Error('Connection closed'));
    this.#endStreams();
    for (const listener of this.#closing.splice(0)) listener();
  }

  #transmit(message: JsonObject, sink: MessageSink | undefined, relatedTo: JsonRpcId | undefined): Promise<void> {
    const to = sink ?? (relatedTo === undefined ? undefined : this.#routes.get(relatedTo));
    if (to === undefined) return Promise.reject(new Error('There is no response left that could carry this message.'));
    to.write(message);
    return Promise.resolve();
  }

  #cutOff(actions: readonly Incoming[]): void {
    if (actions.length === 0) return;
    this.#inbound.cutOff(actions);
    if (!this.port.observe) this.#endStreams();
  }

  #inject(message: JsonObject): void {
    if (this.#calledAt === undefined) return;
    const { url, headers } = this.#calledAt;
    this.port.inject(new Request(url, { method: 'POST', headers, body: JSON.stringify(message) }));
  }

  #endStreams(): void {
    for (const stream of [...this.#streams]) stream.end();
  }

  #onRelease(release: () => void): void {
    if (this.#closed) release();
    else this.#releases.push(release);
  }
}

const NEEDED_HEADERS = ['content-type', 'accept', 'host', 'mcp-protocol-version', 'mcp-session-id'];

/** What the layer below needs to find the session again: nothing that says who the client is. */
function withoutCredentials(headers: Headers): Headers {
  const copy = new Headers();
  for (const name of NEEDED_HEADERS) {
    const value = headers.get(name);
    if (value !== null) copy.set(name, value);
  }
  return copy;
}
