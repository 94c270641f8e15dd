import { carrierInUnverified } from '../carrier/carrier.js';
import { openEnvelope, replyDigest } from '../envelope/index.js';
import { messageHash } from '../envelope/reply-digest.js';
import type { UnsignedMessage, UnverifiedMessage } from '../envelope/index.js';
import { ConfigurationError, McpsError, STAGES, readRefusal } from '../errors/index.js';
import { member } from '../json-rpc/index.js';
import type { ClassifiedMessage, JsonObject, JsonRpcId } from '../json-rpc/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { takeProfile } from '../profile/index.js';
import { TokenBucket } from '../rate/index.js';
import type { BodilessRequest } from '../session-header/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import { acceptMessage } from './accept.js';
import { acceptBodiless } from './bodiless.js';
import type { AcceptedMessage } from './accept.js';
import { cancelledIdOf, createAnswer, idOf, refusalResponse, refusedReply } from './answers.js';
import type { Handshake } from './handshake.js';
import { classify, factsOf } from './message-facts.js';
import { withoutReservedMembers } from './observe.js';
import { peerIdentity } from './peer-identity.js';
import { RETRY_WITHIN_MS } from './session-rules.js';
import type { SessionState } from './session-state.js';
import type { Answer, Incoming, PeerIdentity } from './types.js';

const NOTHING_ELSE: readonly Incoming[] = [];

type Opened = UnverifiedMessage | UnsignedMessage;

/** The inbound half of a connection: takes each message through the order of checks, and decides what a refusal leads to. */
export class Inbox {
  readonly #bucket: TokenBucket;
  #identified: { readonly passport: VerifiedPassport; readonly identity: PeerIdentity } | undefined;

  constructor(
    private readonly state: SessionState,
    private readonly handshake: Handshake,
  ) {
    this.#bucket = new TokenBucket(state.config.connectionLimit, state.now);
  }

  async open(received: unknown): Promise<Incoming[]> {
    const { state } = this;
    if (state.current === 'closed') return [];
    const startedAt = performance.now();
    let opened: Opened | undefined;
    try {
      this.#takeAllowance();
      opened = openEnvelope(received, { limits: state.config.limits });
      if (opened.kind === 'request' && state.received.full) throw new McpsError('connection_limit');
      if (opened.carrier === 'none') return await this.#deliverUnsigned(opened, startedAt);
      return await this.#deliver(await acceptMessage(opened, state.config, this.handshake), startedAt);
    } catch (error) {
      this.#countUnlessNumbered(error);
      return this.#refuse(received, opened, error, startedAt);
    }
  }

  /** Throws `McpsError` where the request is refused; in observe mode it is reported only. */
  async openRequest(header: string | undefined, request: BodilessRequest): Promise<PeerIdentity | undefined> {
    const { state } = this;
    if (state.role !== 'server') {
      throw new ConfigurationError('option_invalid', 'Only a server takes requests without a body');
    }
    try {
      if (state.current === 'closed') throw new McpsError('state_unavailable');
      this.#takeAllowance();
      const admitted = await acceptBodiless(state, header, request);
      if (admitted === undefined) return undefined;
      const peer = this.#identify(admitted.passport, admitted.level);
      const { role, now: atMs } = state;
      state.audit?.({ type: 'request.accepted', atMs, role, peer, verb: request.verb });
      return peer;
    } catch (cause) {
      const error = asMcpsError(cause);
      const { observe } = state.config;
      state.audit?.({
        type: observe ? 'request.reported' : 'request.refused',
        atMs: state.now,
        role: state.role,
        code: error.code,
        reason: error.reason,
        stage: error.stage,
        verb: request.verb,
      });
      if (observe) return undefined;
      throw error;
    }
  }

  #takeAllowance(): void {
    const allowance = this.#bucket.take(this.state.now);
    if (!allowance.ok) throw new McpsError('connection_limit', { retryAfterMs: allowance.retryAfterMs });
  }

  /** Refuses a message that there is no room for: unread, but for what the refusal is to be bound to. Or one that could not be read at all. */
  async refuse(received: unknown, unreadable?: McpsError): Promise<Incoming[]> {
    if (this.state.current === 'closed') return [];
    const startedAt = performance.now();
    if (unreadable === undefined)
      return this.#refuse(received, undefined, new McpsError('connection_limit'), startedAt);
    try {
      this.#takeAllowance();
    } catch (error) {
      return this.#refuse(received, undefined, error, startedAt, false);
    }
    return this.#refuse(received, undefined, unreadable, startedAt, false);
  }

  /** Notes that messages were refused unread, in their place among those that are opened: their numbers will be missing. */
  skip(count: number): void {
    this.state.guard.countRefused(count);
  }

  async #deliverUnsigned(unsigned: UnsignedMessage, startedAt: number): Promise<Incoming[]> {
    const { state } = this;
    const delivered = await this.handshake.acceptUnsigned(unsigned);
    state.audit?.({
      type: 'message.unsigned',
      atMs: state.now,
      role: state.role,
      ...factsOf(unsigned),
      latencyMs: since(startedAt),
    });
    return [...delivered];
  }

  async #deliver(accepted: AcceptedMessage, startedAt: number): Promise<Incoming[]> {
    const { state } = this;
    const { verified, passport, level, members, step } = accepted;
    const { kind } = verified;
    const id = idOf(verified.message);
    state.peerCarrier = verified.carrier;
    if (kind === 'request' && id !== undefined) {
      const carriedPassport = members.passport !== undefined;
      state.received.set(id, { digest: await replyDigest(verified), carrier: verified.carrier, carriedPassport });
      state.owesPassport ||= carriedPassport;
    }
    const { message, then, established } =
      step === undefined
        ? { message: this.handshake.accepted(accepted), then: NOTHING_ELSE, established: false }
        : await this.handshake.acceptedStep(step, accepted);
    const identity = this.#identify(passport, level);
    if (established)
      state.audit?.({
        type: 'session.established',
        atMs: state.now,
        role: state.role,
        peer: identity,
        session: state.session,
      });
    state.audit?.({
      type: 'message.accepted',
      atMs: state.now,
      role: state.role,
      peer: identity,
      ...factsOf(verified),
      messageHash: verified.messageHash,
      latencyMs: since(startedAt),
    });
    const cancelled = kind === 'notification' ? cancelledIdOf(message) : undefined;
    if (cancelled !== undefined) state.received.abandon(cancelled);
    const repetition = this.#repetition(kind, message, id);
    if ((kind === 'result' || kind === 'error') && id !== undefined) state.sent.take(id);
    if (repetition !== undefined) return [{ type: 'answer', answer: repetition }, ...then];
    return [{ type: 'deliver', message, identity }, ...then];
  }

  /** The identity is the same object for as long as it is the same: most of a connection's messages are alike in this. */
  #identify(passport: VerifiedPassport, level: TrustLevel): PeerIdentity {
    const { state } = this;
    const known = this.#identified;
    if (known?.passport === passport && known.identity.level === level && known.identity.session === state.session) {
      state.peer = known.identity;
      return known.identity;
    }
    const identity = peerIdentity(passport, level, state.session);
    this.#identified = { passport, identity };
    state.peer = identity;
    return identity;
  }

  /**
   * The one case in which a refused call is made again: the peer says, verifiably and of this very request, that it does not hold our passport. Once, soon, and
   * naming the first try, so that no replica can carry out both.
   */
  #repetition(kind: string, message: JsonObject, id: JsonRpcId | undefined): Answer | undefined {
    if (kind !== 'error' || id === undefined) return undefined;
    const sent = this.state.sent.get(id);
    if (sent?.original === undefined || sent.repeated || sent.carriedPassport) return undefined;
    if (readRefusal(member(message, 'error'))?.reason !== 'unknown_passport') return undefined;
    // Later, receivers could have forgotten the first try before the second runs out.
    if (this.state.now - sent.signedAtMs > RETRY_WITHIN_MS) return undefined;
    return createAnswer({ message: sent.original, retryOf: sent.nonce });
  }

  // --- refusals

  async #refuse(
    received: unknown,
    before: Opened | undefined,
    cause: unknown,
    startedAt: number,
    observed = this.state.config.observe,
  ): Promise<Incoming[]> {
    const { state } = this;
    const error = asMcpsError(cause);
    const opened = before ?? (error.reason === 'connection_limit' ? this.#openUnread(received) : undefined);
    const classified = classify(received);
    // Nobody makes us hash what is beyond the limits.
    const hash = state.audit !== undefined && isSigned(before) ? await messageHash(before) : undefined;
    state.audit?.({
      type: observed ? 'message.reported' : 'message.refused',
      atMs: state.now,
      role: state.role,
      code: error.code,
      reason: error.reason,
      stage: error.stage,
      ...(isSigned(opened) ? { claimedPassportId: opened.envelope.passportId } : {}),
      ...(classified === undefined ? {} : factsOf(classified)),
      ...(hash === undefined ? {} : { messageHash: hash }),
      latencyMs: since(startedAt),
    });
    const report: Incoming = { type: 'report', error };
    if (classified === undefined) return [report];
    if (observed) return [...(await this.#observe(classified, opened)), report];
    const ends = this.handshake.refused(classified.message, classified.kind);
    return [
      ...(await this.#answerTo(classified, opened, error)),
      report,
      ...(ends ? ([{ type: 'close' }] as const) : []),
    ];
  }

  /** A message that was refused before its number was verified explains one missing number later on. */
  #countUnlessNumbered(error: unknown): void {
    if (!(error instanceof McpsError)) return this.state.guard.countRefused();
    const numbered = error.reason === 'sequence_gap' || error.reason === 'sequence_repeated';
    if (!numbered && STAGES.indexOf(error.stage) <= STAGES.indexOf('session')) this.state.guard.countRefused();
  }

  /** A message beyond the limits of the connection has not been opened, but what answers it is bound to it like any other answer. */
  #openUnread(received: unknown): Opened | undefined {
    try {
      return openEnvelope(received, { limits: this.state.config.limits });
    } catch {
      return undefined;
    }
  }

  /** Nobody is left waiting: a refused request is answered to the peer, a refused answer to our own application. */
  async #answerTo(classified: ClassifiedMessage, opened: Opened | undefined, error: McpsError): Promise<Incoming[]> {
    const { kind, message } = classified;
    const id = idOf(message);
    if (id === undefined || kind === 'notification') return [];
    if (kind === 'request') {
      const signed = isSigned(opened) ? opened : undefined;
      const carrier = carrierInUnverified(message, kind);
      const answer = createAnswer({
        message: refusalResponse(id, error),
        relatedTo: id,
        ...(carrier === undefined ? {} : { carrier }),
        ...(signed === undefined ? {} : { re: await replyDigest(signed), audience: signed.envelope.passportId }),
      });
      return [{ type: 'answer', answer }];
    }
    if (this.state.sent.take(id) === undefined) return [];
    return [{ type: 'deliver', message: refusedReply(id, error), identity: undefined }];
  }

  /** Observe mode: delivers what enforcement would have refused, without an identity and without anything of ours in it. */
  async #observe(classified: ClassifiedMessage, opened: Opened | undefined): Promise<Incoming[]> {
    const { state } = this;
    const { kind, message } = classified;
    const id = idOf(message);
    const signed = isSigned(opened) ? opened : undefined;
    const carrier = carrierInUnverified(message, kind);
    if (kind === 'request' && id !== undefined) {
      const digest = signed === undefined ? undefined : await replyDigest(signed);
      state.received.set(id, { digest, carrier, carriedPassport: true });
    }
    state.peerCarrier = carrier ?? state.peerCarrier;
    if (signed !== undefined) state.addressee = signed.envelope.passportId;
    else if (state.current === 'idle' || state.current === 'handshake') state.current = 'plain';
    const restored = signed === undefined ? withoutReservedMembers(message) : this.#restore(signed);
    if ((kind === 'result' || kind === 'error') && id !== undefined) state.sent.take(id);
    return [{ type: 'deliver', message: restored, identity: undefined }, { type: 'flush' }];
  }

  #restore(signed: UnverifiedMessage): JsonObject {
    try {
      const { message, members } = takeProfile(signed.message, signed.kind);
      this.handshake.observed(signed, members);
      return message;
    } catch {
      return withoutReservedMembers(signed.message);
    }
  }
}

/** A store that fails, or a fault of our own, says nothing about the peer; but nothing has been verified, so refuse. */
function asMcpsError(cause: unknown): McpsError {
  return cause instanceof McpsError ? cause : new McpsError('state_unavailable', {}, { cause });
}

function isSigned(opened: Opened | undefined): opened is UnverifiedMessage {
  return opened !== undefined && opened.carrier !== 'none';
}

/** Milliseconds, to the microsecond. */
function since(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
