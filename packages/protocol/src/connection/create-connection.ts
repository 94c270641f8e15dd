import { shieldAudit } from '../audit/index.js';
import { ConfigurationError } from '../errors/index.js';
import type { McpsError } from '../errors/index.js';
import type { JsonObject, JsonRpcId } from '../json-rpc/index.js';
import { parsePassport, verifyPassport } from '../passport/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import type { KnownRevocation } from '../status/index.js';
import type { BodilessRequest } from '../session-header/index.js';
import { signBodiless } from './bodiless.js';
import { ClientHandshake } from './client-handshake.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { cutOff } from './revoked-peer.js';
import type { SecurityConfig } from './security-options.js';
import { ServerHandshake } from './server-handshake.js';
import { SessionState } from './session-state.js';
import type { ConnectionOptions } from './session-state.js';
import type {
  Answer,
  Connection,
  ConnectionSnapshot,
  ConnectionState,
  Incoming,
  Outgoing,
  PeerIdentity,
  PeerRole,
} from './types.js';

/**
 * Makes the state machine of one secured connection. It does no input or output: whoever owns the transport feeds it and does what it answers, see
 * {@link Connection}.
 *
 * With a snapshot, the peer's passport in it is verified anew. Rejects with `McpsError` where it no longer holds, and with `ConfigurationError`
 * `option_invalid` where the snapshot is of another role.
 */
export async function createConnection(config: SecurityConfig, options: ConnectionOptions): Promise<Connection> {
  const state = new SessionState(
    config.role,
    config,
    options,
    config.audit === undefined ? undefined : shieldAudit(config.audit),
  );
  if (options.snapshot !== undefined) await resume(state, options.snapshot);
  return new SecureConnection(state);
}

async function resume(state: SessionState, snapshot: ConnectionSnapshot): Promise<void> {
  const { config } = state;
  if (snapshot.role !== state.role)
    throw new ConfigurationError('option_invalid', 'The snapshot is of the other side of a connection.');
  const { passport } = parsePassport(snapshot.peerPassport);
  const peer = await verifyPassport(passport, {
    anchors: config.anchors,
    now: state.now,
    compatibility: { issuingRightOptional: config.allowChainsWithoutIssuingRight },
  });
  state.resume(snapshot, peer);
}

class SecureConnection implements Connection {
  readonly #state: SessionState;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;

  constructor(state: SessionState) {
    const handshake = state.role === 'client' ? new ClientHandshake(state) : new ServerHandshake(state);
    this.#state = state;
    this.#outbox = new Outbox(state, handshake);
    this.#inbox = new Inbox(state, handshake);
  }

  get role(): PeerRole {
    return this.#state.role;
  }

  get state(): ConnectionState {
    return this.#state.current;
  }

  get peer(): PeerIdentity | undefined {
    return this.#state.peer;
  }

  get peerPassport(): VerifiedPassport | undefined {
    return this.#state.pinned;
  }

  get session(): string | undefined {
    return this.#state.session;
  }

  protect(message: JsonObject | Answer): Promise<Outgoing[]> {
    return this.#outbox.protect(message);
  }

  flush(): Promise<Outgoing[]> {
    return this.#outbox.flush();
  }

  open(received: unknown): Promise<Incoming[]> {
    return this.#inbox.open(received);
  }

  protectRequest(request: BodilessRequest): Promise<string | undefined> {
    return signBodiless(this.#state, request);
  }

  openRequest(header: string | undefined, request: BodilessRequest): Promise<PeerIdentity | undefined> {
    return this.#inbox.openRequest(header, request);
  }

  refuse(received: unknown, unreadable?: McpsError): Promise<Incoming[]> {
    return this.#inbox.refuse(received, unreadable);
  }

  skip(count: number): void {
    this.#inbox.skip(count);
  }

  abandon(id: JsonRpcId): void {
    this.#state.sent.abandon(id);
  }

  revoked(revocation: KnownRevocation): Incoming[] {
    return cutOff(this.#state, revocation);
  }

  snapshot(): ConnectionSnapshot | undefined {
    const { role, current, pinned, session, nextSequence, guard } = this.#state;
    if (current !== 'established' || pinned === undefined) return undefined;
    const peerPassport: JsonObject = { ...pinned.passport };
    return {
      role,
      version: pinned.passport.mcps_version,
      session,
      peerPassport,
      nextSequence,
      highestSequence: guard.highest,
    };
  }

  close(): void {
    this.#outbox.close();
    this.#state.close();
  }
}
