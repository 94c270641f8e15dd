import type { Carrier } from '../carrier/index.js';
import type { McpsError } from '../errors/index.js';
import type { JsonObject, JsonRpcId } from '../json-rpc/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import type { BodilessRequest } from '../session-header/index.js';
import type { KnownRevocation } from '../status/index.js';
import type { TrustLevel } from '../trust-level/index.js';

/** Which side of the connection this is: the one that sends `initialize` or `server/discover`, or the one that answers it. */
export type PeerRole = 'client' | 'server';

/**
 * Whether the transport below keeps the order in which messages were sent. `ordered`: stdio, in-memory, WebSocket. `concurrent`: HTTP, where
 * every message is a request of its own.
 */
export type Delivery = 'ordered' | 'concurrent';

/**
 * Where a connection stands. `idle`: nothing exchanged that led anywhere. `handshake`: hellos under way, at the client also by `server/discover`.
 * `established`: both bindings verified. `stateless`: every message stands for itself; a session may still begin where nothing but `server/discover`
 * has been exchanged. `plain`: the peer knows nothing of MCPS and policy allows that. `closed`: nothing more is sent or accepted.
 */
export type ConnectionState = 'idle' | 'handshake' | 'established' | 'stateless' | 'plain' | 'closed';

/** Who is at the other end. It exists only where a message of theirs has been verified. */
export interface PeerIdentity {
  /** `asp_` and 32 lower-case hex characters. */
  readonly passportId: string;
  readonly agent: { readonly name: string; readonly version: string; readonly capabilities: readonly string[] };
  /** The effective trust level, 0 to 4, when the latest message was accepted. */
  readonly level: TrustLevel;
  /** Whether the passport chains to a configured anchor, is self-signed, or names an issuer that nobody configured. */
  readonly standing: 'anchored' | 'self-signed' | 'unknown-anchor';
  /** The configured anchor's issuer name; absent unless `standing` is `anchored`. */
  readonly issuer?: string;
  /** A signature by the passport's key has been verified. Says nothing of trust: that is `level`. */
  readonly authenticated: true;
  /** The anchor's name and the passport id, or `self/` and the key's thumbprint: stable, and unique between anchors. */
  readonly identity: string;
  /** RFC 7638 SHA-256 thumbprint of the peer's key, base64url. */
  readonly publicKeyThumbprint: string;
  /** The transcript hash, lower-case hex; absent where there is no handshake. */
  readonly session?: string;
}

/** A message that the connection itself wants sent: an answer to a refused request, or a call repeated with the passport. Opaque to the pump. */
export interface Answer {
  readonly message: JsonObject;
  /** Which request this answers, for transports that route answers by it. */
  readonly relatedTo?: JsonRpcId;
  /** Reply digest of the request as received, lower-case hex. */
  readonly re?: string;
  /** Passport id, claimed and not verified, of whom a refusal is for, where no peer is known yet. */
  readonly audience?: string;
  /** That of the refused request, where it could be read. */
  readonly carrier?: Carrier;
  /** Set on a call that is repeated: the nonce of the first try. */
  readonly retryOf?: string;
}

/** What the pump is to do after {@link Connection.protect}. */
export type Outgoing =
  /** Put `message` on the wire. `original` is the object that was given to `protect`, by reference. */
  | {
      readonly type: 'send';
      readonly message: JsonObject;
      readonly original: JsonObject;
      readonly relatedTo?: JsonRpcId;
    }
  /** `original` waits for the handshake and comes out of a later `protect` or `flush`. */
  | { readonly type: 'held'; readonly original: JsonObject }
  /**
   * `original` cannot be sent: reject the application's send with `error`. A response is replaced by a refusal, or by a signed -32603, as well; `isReplaced` says that such an
   * answer goes out in its place.
   */
  | { readonly type: 'fail'; readonly error: Error; readonly original: JsonObject; readonly isReplaced?: boolean };

/** What the pump is to do after {@link Connection.open}, in this order. */
export type Incoming =
  /** Hand the verified, restored message to the local application. `identity` is absent for an unsigned caller. */
  | { readonly type: 'deliver'; readonly message: JsonObject; readonly identity: PeerIdentity | undefined }
  /** Give `answer` to `protect`, in the outbound queue. */
  | { readonly type: 'answer'; readonly answer: Answer }
  /** Tell the application's error callback. */
  | { readonly type: 'report'; readonly error: Error }
  /** Call `flush`, in the outbound queue. */
  | { readonly type: 'flush' }
  /** Close the transport, after what came before in the list. */
  | { readonly type: 'close' };

/** What outlives a connection whose transport can be resumed. Holds no secret, but whoever can change it can make the session unusable. */
export interface ConnectionSnapshot {
  readonly role: PeerRole;
  readonly version: string;
  readonly session: string | undefined;
  readonly peerPassport: JsonObject;
  readonly nextSequence: number;
  readonly highestSequence: number;
}

/**
 * One secured connection, without any input or output of its own: a pump feeds it what the application sends and what the wire delivers, and does
 * what it answers. Both methods must be called one at a time, each in the order of its direction; the two directions may overlap.
 */
export interface Connection {
  readonly role: PeerRole;
  readonly state: ConnectionState;
  /** The peer of the latest verified handshake or message. Where every message stands for itself, a server may have another with each. */
  readonly peer: PeerIdentity | undefined;
  /**
   * The verified passport that the session began with. Without a session: at a client, that of the server that it addresses, once an answer has shown
   * it; at a server, that of the latest message.
   */
  readonly peerPassport: VerifiedPassport | undefined;
  /** The transcript hash, lower-case hex, once the handshake has produced one. */
  readonly session: string | undefined;
  /**
   * Signs what the application sends. Never throws for a message: a fault comes back as `fail`. Where `state` is `established` the message is read before
   * this returns; elsewhere it may be kept, and must not be changed until it has come out, or its answer has come in.
   */
  protect(message: JsonObject | Answer): Promise<Outgoing[]>;
  /** Signs what was held during the handshake. */
  flush(): Promise<Outgoing[]>;
  /** Verifies what the wire delivered. Never throws for a message: every refusal comes back as something to do. */
  open(received: unknown): Promise<Incoming[]>;
  /**
   * Client, over HTTP: the value of the `MCPS-Session` header for a request that has no body; `undefined` where there is no session, or the server knows no such
   * header. Every attempt needs one of its own. Throws `McpsError` `passport_revoked`, `issuer_revoked` where the server has been revoked, `ConfigurationError`
   * `option_invalid` for a request that no header is made for and at a server, and what the key throws.
   */
  protectRequest(request: BodilessRequest): Promise<string | undefined>;
  /**
   * Server, over HTTP: takes a request that has no body through the order of checks, with the value of its `MCPS-Session` header. Returns who made it; `undefined`
   * for a peer that policy lets in without MCPS, or as published 1.0 speaks it, and in observe mode. Throws `McpsError` to refuse it, and `ConfigurationError`
   * `option_invalid` at a client. May be called at any time.
   */
  openRequest(header: string | undefined, request: BodilessRequest): Promise<PeerIdentity | undefined>;
  /**
   * Refuses a message for which the pump has no room (`connection_limit`): signed and bound to it as every refusal is, and without any other check. May
   * be called at any time; say with `skip` where in the order of `open` the message would have been.
   *
   * @param unreadable the fault of a message that could not be read, of which `received` holds no more than its kind and id: in place of
   *   `connection_limit`. Nothing of such a message is delivered, not even where faults are only reported.
   */
  refuse(received: unknown, unreadable?: McpsError): Promise<Incoming[]>;
  /** Notes that `count` messages have been refused between those opened before and those opened later. */
  skip(count: number): void;
  /**
   * Gives up waiting for the answer to a request of ours, so that it no longer counts among those that may await one. It is still accepted should it come
   * after all, as that of a cancelled request is: the latest 1,000 are kept for that.
   */
  abandon(id: JsonRpcId): void;
  /**
   * Is told of every revocation as it becomes known, and says what is to be done where it is of the peer or of an issuer above it: from then on the peer is
   * sent nothing but refusals. May be called at any time.
   */
  revoked(revocation: KnownRevocation): Incoming[];
  /** What a later connection needs to go on with this session; `undefined` where there is none. Without a session nothing needs to be kept. */
  snapshot(): ConnectionSnapshot | undefined;
  /** Nothing more is signed or accepted. */
  close(): void;
}
