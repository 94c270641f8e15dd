import type {
  ConnectionSnapshot,
  ConnectionState,
  JsonObject,
  JsonRpcId,
  PeerIdentity,
  PeerRole,
} from '@mcps/protocol';
import { rememberIdentity, withIdentity } from '../identity/caller-identity.js';
import { tieToRequest } from '../identity/handler-context.js';
import { deliversConcurrently, forwardMembers } from './forwarded-members.js';
import { Inbound } from '../pump/inbound.js';
import { LinkSlot } from '../pump/link.js';
import type { Link } from '../pump/link.js';
import { SDK_CARRIERS } from '../options/carriers.js';
import type { Carriers } from '../options/carriers.js';
import { queueCapacity } from '../options/options.js';
import type { SecureOptions } from '../options/options.js';
import { Outbound } from '../pump/outbound.js';
import { openLink } from '../pump/open-link.js';
import { OwnRequests } from '../tools/own-requests.js';
import type { MessageExtraLike, OnMessage, SendOptionsLike, TransportLike } from './transport-like.js';

/** Callbacks that a decorator has put on a transport: one that was decorated before, and closed, may still carry them. */
const ownCallbacks = new WeakSet();

function own<F extends object>(callback: F): F {
  ownCallbacks.add(callback);
  return callback;
}

function foreign<F extends object>(callback: F | undefined): F | undefined {
  return callback === undefined || ownCallbacks.has(callback) ? undefined : callback;
}

/**
 * A transport that signs what goes out through the transport below and delivers only what has been verified. Made by {@link secureTransport}; used
 * exactly like the transport that it decorates.
 */
export class SecuredTransport implements TransportLike {
  onmessage?: OnMessage | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;

  readonly #inner: TransportLike;
  readonly #createAuthInfo: boolean;
  readonly #onReleased: () => void;
  readonly #outbound: Outbound<SendOptionsLike>;
  readonly #inbound: Inbound<MessageExtraLike, SendOptionsLike>;
  readonly #link: LinkSlot;
  readonly #ownRequests = new OwnRequests();
  readonly #releases: (() => void)[] = [];
  #closing = false;
  #closed = false;
  #tap: Pick<TransportLike, 'onmessage' | 'onclose' | 'onerror'> = {};

  /** @internal Use {@link secureTransport}. */
  constructor(
    inner: TransportLike,
    role: PeerRole,
    options: SecureOptions,
    onReleased: () => void,
    private readonly carriers: Carriers = SDK_CARRIERS,
  ) {
    const capacity = queueCapacity(options);
    this.#inner = inner;
    this.#createAuthInfo = role === 'server' && options.createAuthInfo !== false;
    this.#onReleased = onReleased;
    this.#link = new LinkSlot(this.#connect(role, options));
    this.#outbound = new Outbound(
      {
        link: this.#link,
        transmit: (message, sendOptions, relatedTo) => this.#transmit(message, sendOptions, relatedTo),
        deliver: (message) => this.#deliver(message, undefined, undefined),
        report: (error) => this.#report(error),
        shutdown: () => this.#shutdown(),
      },
      capacity,
    );
    this.#inbound = new Inbound(
      {
        link: this.#link,
        outbound: this.#outbound,
        deliver: (message, origin, identity) => this.#deliver(message, origin, identity),
        ask: (request, origin, identity) =>
          this.#ownRequests.ask(request, (own) => this.#deliver(own, origin, identity)),
        report: (error) => this.#report(error),
        shutdown: () => this.#shutdown(),
      },
      capacity,
    );
    forwardMembers(this, inner);
  }

  /** Who is at the other end, once a message of theirs has been verified. */
  get peer(): PeerIdentity | undefined {
    return this.#link.made?.connection.peer;
  }

  /** Where the secured connection stands. */
  get securityState(): ConnectionState {
    return this.#link.made?.connection.state ?? 'idle';
  }

  /** The transcript hash of the MCPS session, lower-case hex; not to be confused with the transport's `sessionId`. */
  get securitySession(): string | undefined {
    return this.#link.made?.connection.session;
  }

  /** What a later transport needs to go on with this session, as its `snapshot` option. */
  snapshot(): ConnectionSnapshot | undefined {
    return this.#link.made?.connection.snapshot();
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  set sessionId(value: string | undefined) {
    Reflect.set(this.#inner, 'sessionId', value);
  }

  /**
   * Starts the transport below, once the security options have been resolved.
   *
   * @throws ConfigurationError for a mistake in the options; the transport below is then not started.
   */
  async start(): Promise<void> {
    await this.#link.ready;
    this.#attach();
    await this.#inner.start();
  }

  /** Signs a message and sends it. Settles as the `send` of the transport below does, and rejects where the message cannot be signed. */
  send(message: JsonObject, options?: SendOptionsLike): Promise<void> {
    if (this.#ownRequests.take(message)) return Promise.resolve();
    const { relatedRequestId } = options ?? {};
    const behind = this.#ownRequests.behind(relatedRequestId);
    return this.#outbound.send(
      message,
      behind === relatedRequestId ? options : { ...options, relatedRequestId: behind },
    );
  }

  /** Closes the transport below. What has not been sent is rejected, what has not been delivered is discarded. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#inbound.clear();
    this.#release();
    await this.#inner.close();
  }

  /** Resolves when every message that has arrived so far has been verified and delivered, or refused. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.#inbound.afterPending(resolve));
  }

  /** As {@link idle}, with every refusal among them signed and handed to the transport below. It waits for as long as the key takes. */
  answered(): Promise<void> {
    return new Promise((resolve) => this.#inbound.afterPending(() => this.#outbound.afterPending(resolve)));
  }

  #connect(role: PeerRole, options: SecureOptions): Promise<Link> {
    return openLink(role, options, {
      delivery: options.delivery ?? (deliversConcurrently(this.#inner) ? 'concurrent' : 'ordered'),
      carriers: this.carriers,
      endpoint: options.endpoint,
      snapshot: options.snapshot,
      report: (error) => this.#report(error),
      onCutOff: (actions) => this.#inbound.cutOff(actions),
      onRelease: (release) => this.#onRelease(release),
    });
  }

  /** Takes the callbacks of the transport below over. Those that the application had set there already are still called, with what was verified. */
  #attach(): void {
    const inner = this.#inner;
    this.#tap = {
      onmessage: foreign(inner.onmessage),
      onclose: foreign(inner.onclose),
      onerror: foreign(inner.onerror),
    };
    inner.onmessage = own((message: JsonObject, extra?: MessageExtraLike) => {
      if (!this.#closing && !this.#closed) this.#inbound.receive(message, extra);
    });
    inner.onerror = own((error: Error) => this.#report(error));
    inner.onclose = own(() => {
      // Our own close takes effect at once; the peer's comes after what it sent before.
      if (this.#closing) this.#finish();
      else this.#inbound.afterPending(() => this.#finish());
    });
  }

  async #transmit(
    message: JsonObject,
    options: SendOptionsLike | undefined,
    relatedTo: JsonRpcId | undefined,
  ): Promise<void> {
    await this.#inner.send(message, relatedTo === undefined ? options : { ...options, relatedRequestId: relatedTo });
  }

  #deliver(message: JsonObject, extra: MessageExtraLike | undefined, identity: PeerIdentity | undefined): void {
    if (this.#closed || this.#closing) return;
    const delivered = tieToRequest(message, identity);
    rememberIdentity(delivered, identity);
    const enriched = withIdentity(extra, identity, this.#createAuthInfo);
    this.#guard(() => this.#tap.onmessage?.(delivered, enriched));
    this.#guard(() => this.onmessage?.(delivered, enriched));
  }

  #report(error: Error): void {
    for (const tell of [this.#tap.onerror, this.onerror]) {
      try {
        tell?.(error);
      } catch {
        // Whoever is told of errors has failed in turn: there is nobody left to tell, and the queues must go on.
      }
    }
  }

  /** A callback that throws must not stop the queue: the transport below would not have stopped either. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error('A message callback threw.', { cause: error }));
    }
  }

  #shutdown(): void {
    if (this.#closing || this.#closed) return;
    this.close().catch((error: unknown) =>
      this.#report(error instanceof Error ? error : new Error('Closing failed.', { cause: error })),
    );
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#tap.onclose?.();
    this.onclose?.();
  }

  /** Runs `release` once the connection is over, which it may be already. */
  #onRelease(release: () => void): void {
    if (this.#closing || this.#closed) release();
    else this.#releases.push(release);
  }

  #release(): void {
    for (const release of this.#releases.splice(0)) release();
    this.#link.close();
    this.#ownRequests.close();
    this.#outbound.close(new Error('Connection closed'));
    this.#onReleased();
  }
}
