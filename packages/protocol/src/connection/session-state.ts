import type { AuditSink } from '../audit/index.js';
import type { Carrier } from '../carrier/index.js';
import type { JsonObject, JsonRpcId } from '../json-rpc/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { PendingTable } from './pending-table.js';
import type { SecurityConfig } from './security-options.js';
import { SequenceGuard } from './sequence.js';
import type { ConnectionSnapshot, ConnectionState, Delivery, PeerIdentity, PeerRole } from './types.js';

/** Most requests awaiting an answer, in each direction. */
const MAX_PENDING = 10_000;

/** What one connection is told beside its security configuration. */
export interface ConnectionOptions {
  /** Whether the transport keeps the order of messages. */
  readonly delivery: Delivery;
  /** Client: the endpoint as configured, under which it is remembered as secure. */
  readonly endpoint?: string;
  /** Goes on with a session of an earlier connection. */
  readonly snapshot?: ConnectionSnapshot;
  /**
   * Of how many requests, the latest, an answer may be signed once more, bound to them like the first: for transports that repeat what was lost on the way.
   * Default 0.
   */
  readonly repeatableAnswers?: number;
}

/** A request that we signed and whose answer is awaited. */
export interface SentRequest {
  /** What the application gave us, for the one repetition that the protocol allows; absent in a session, where the peer holds our passport. */
  readonly original: JsonObject | undefined;
  /** Reply digest of the request as signed, lower-case hex: what the answer must be bound to. */
  readonly digest: string;
  readonly nonce: string;
  /** Milliseconds since the Unix epoch. */
  readonly signedAtMs: number;
  readonly carriedPassport: boolean;
  readonly repeated: boolean;
  /** It asks the server what it is: whoever signs the answer is who we speak to from then on. */
  readonly discovers: boolean;
}

/** A request that our application owes an answer to. */
export interface ReceivedRequest {
  /** Reply digest of the request as received, lower-case hex; absent for an unsigned one. */
  readonly digest: string | undefined;
  /** Where its envelope stood; absent for an unsigned one that is only observed. */
  readonly carrier: Carrier | undefined;
  /** The request carried a passport, so its sender may not hold ours either. */
  readonly carriedPassport: boolean;
  /** It asks what we are, so its answer says so. */
  readonly discovers?: boolean;
}

/** What a connection remembers. Plain data: the rules stand in the modules that read it. */
export class SessionState {
  current: ConnectionState = 'idle';
  /** The passport that the session, or the latest stateless message, was signed with. */
  pinned: VerifiedPassport | undefined;
  peer: PeerIdentity | undefined;
  /** Observe mode: the passport id, claimed and not verified, of a peer that was let in all the same. Used to address it, and for nothing else. */
  addressee: string | undefined;
  /** Where the latest accepted message of the peer had its envelope. */
  peerCarrier: Carrier | undefined;
  /** Transcript hash, lower-case hex. */
  session: string | undefined;
  /** Every message stands for itself: no session, no sequence. */
  sessionless = false;
  /** The peer has shown us its passport in a request, and no answer has shown it ours: it may not hold that. */
  owesPassport = false;
  /** The peer signs as published 1.0 does, without any member of ours. */
  published = false;
  /** The number of our next message in this session. */
  nextSequence = 0;
  guard: SequenceGuard;
  readonly sent = new PendingTable<SentRequest>(MAX_PENDING);
  readonly received = new PendingTable<ReceivedRequest>(MAX_PENDING);
  /** Requests whose answers may be asked for again, the oldest first. */
  readonly #answered = new Map<JsonRpcId, ReceivedRequest>();

  constructor(
    readonly role: PeerRole,
    readonly config: SecurityConfig,
    readonly options: ConnectionOptions,
    /** Absent where nobody asked to be told: most events then need not be made. */
    readonly audit: AuditSink | undefined,
  ) {
    this.guard = this.#newGuard();
  }

  get peerRole(): PeerRole {
    return this.role === 'client' ? 'server' : 'client';
  }

  get now(): number {
    return this.config.clock();
  }

  /** The names that this side may be addressed by: its passport id, and for a server those it was configured with. */
  get audiences(): readonly string[] {
    const own = this.config.passport.passport_id;
    return this.role === 'server' ? [own, ...this.config.audiences] : [own];
  }

  /** The request that an answer of ours belongs to: one that is owed it, or one that had it and may have it again. */
  answeredBy(id: JsonRpcId): ReceivedRequest | undefined {
    return this.received.get(id) ?? this.#answered.get(id);
  }

  /** Notes that a request has had its answer. */
  noteAnswered(id: JsonRpcId, request: ReceivedRequest): void {
    this.received.take(id);
    const { repeatableAnswers = 0 } = this.options;
    if (repeatableAnswers === 0) return;
    this.#answered.delete(id);
    this.#answered.set(id, request);
    if (this.#answered.size <= repeatableAnswers) return;
    for (const oldest of this.#answered.keys()) {
      this.#answered.delete(oldest);
      break;
    }
  }

  /** Starts a session: both counters begin again. */
  begin(session: string): void {
    this.session = session;
    this.nextSequence = 0;
    this.guard = this.#newGuard();
  }

  /** Goes on with an earlier session. */
  resume(snapshot: ConnectionSnapshot, peer: VerifiedPassport): void {
    this.current = 'established';
    this.pinned = peer;
    this.session = snapshot.session;
    // A session without a transcript is one with a published peer.
    this.published = snapshot.session === undefined && this.config.allowPublishedPeers;
    this.nextSequence = snapshot.nextSequence;
    this.guard = this.#newGuard(snapshot.highestSequence);
  }

  close(): void {
    this.current = 'closed';
    this.sent.clear();
    this.received.clear();
    this.#answered.clear();
  }

  #newGuard(highest?: number): SequenceGuard {
    const onLost = (sequence: number): void => {
      this.audit?.({ type: 'sequence.lost', atMs: this.now, role: this.role, session: this.session, sequence });
    };
    return new SequenceGuard(this.options.delivery, onLost, highest);
  }
}
