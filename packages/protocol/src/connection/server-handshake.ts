import type { UnsignedMessage, UnverifiedMessage, VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { isObject, member, withMember } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import { negotiateVersion } from '../negotiation/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { verifySessionBinding } from '../transcript/index.js';
import type { AcceptedMessage, HandshakeStep } from './accept.js';
import { idOf } from './answers.js';
import { isAdvertised, isAdvertisedInMeta, withoutAdvertisement, withoutMetaAdvertisement } from './capability.js';
import { claimsModernEra, isDiscover } from './era.js';
import type { Handshake, Route, Transition } from './handshake.js';
import { clientHalf } from './hello.js';
import { signDiscoverAnswer, signInitializeResult, signInitializeError } from './introductions.js';
import type { Initialization } from './introductions.js';
import { isAnswerKind, isInitialize, isInitialized, isPing } from './lifecycle.js';
import { checkMembership } from './membership.js';
import { acceptPlain, checkPlainAllowed } from './plain.js';
import { checkSigner } from './session-rules.js';
import type { SessionState } from './session-state.js';
import type { Incoming } from './types.js';

/**
 * The server's side. With a session: it answers `initialize` with its own hello and binding, and serves only `ping` until the client's binding has
 * been verified. Without one: it answers `server/discover` with its hello, and serves every message that says it needs no session.
 */
export class ServerHandshake implements Handshake {
  #initialization: Initialization | undefined;
  /** What a client has done here without a session, on a server that keeps sessions for those who want one. */
  #used: 'to-discover' | 'for-requests' | undefined;

  constructor(private readonly state: SessionState) {
    if (state.config.stateless) {
      state.current = 'stateless';
      state.sessionless = true;
    }
  }

  route(message: JsonObject, kind: MessageKind): Route {
    const { state } = this;
    if (state.current === 'plain') return 'plain';
    if (this.#answersInitialize(message, kind) || this.#answersDiscover(message, kind)) return 'handshake';
    if (state.current === 'idle' || this.#mayBeginSession) return 'hold';
    if (state.current !== 'handshake') return 'sign';
    // The client's binding is still to come. What answers its ping, and our own ping, may go once there is a session to put it in.
    if (state.session === undefined) return 'hold';
    return isAnswerKind(kind) || isPing(message, kind) ? 'sign' : 'hold';
  }

  /** The client has asked what we are, and nothing else yet. */
  get #mayBeginSession(): boolean {
    return this.#used === 'to-discover' && this.state.sessionless;
  }

  async sign(message: JsonObject, kind: MessageKind): Promise<JsonObject> {
    const { state } = this;
    const id = idOf(message);
    if (id !== undefined && this.#answersDiscover(message, kind)) return signDiscoverAnswer(state, message, kind, id);
    const initialization = this.#initialization;
    if (initialization === undefined) throw new McpsError('message_kind_ambiguous');
    this.#initialization = undefined;
    const sign = kind === 'error' ? signInitializeError : signInitializeResult;
    return sign(state, message, initialization);
  }

  bindingDue(): boolean {
    return false;
  }

  binding(): Promise<ProfileMembers> {
    return Promise.resolve({});
  }

  get pinned(): VerifiedPassport | undefined {
    return this.state.pinned;
  }

  boundByHandshake(unverified: UnverifiedMessage, claims: ProfileMembers): boolean {
    const { state } = this;
    if (isAnswerKind(unverified.kind)) return claims.re !== undefined;
    // A replayed `server/discover` is answered once more, and leads to nothing else. A client asks it of a server that may have begun only just now.
    if (isDiscover(unverified.message, unverified.kind)) return claims.hello !== undefined;
    // A replayed `initialize` leads nowhere: the session that it opens needs the client's signature over our fresh hello. Without a session it does not.
    if (isInitialize(unverified.message, unverified.kind)) return !state.sessionless && claims.hello !== undefined;
    return state.session !== undefined && claims.context?.session === state.session;
  }

  step({ message, kind }: VerifiedMessage, members: ProfileMembers): HandshakeStep | undefined {
    const { current, sessionless, config } = this.state;
    const mayInitialize = current === 'idle' || config.stateless || this.#mayBeginSession;
    if (mayInitialize && isInitialize(message, kind)) return 'initialize';
    // A published peer has no member of ours, whatever revision of MCP it speaks.
    const isPublished = config.allowPublishedPeers && members.hello === undefined && members.context === undefined;
    if ((current === 'idle' || sessionless) && !isPublished && isDiscover(message, kind)) return 'discover';
    if (current === 'idle') return isPublished || !claimsModernEra(message) ? 'opening' : undefined;
    if (current !== 'handshake') return undefined;
    return isInitialized(message, kind) ? 'initialized' : 'pending';
  }

  check(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): void {
    this.#checkSession(verified, passport);
    checkMembership(this.state, verified, members);
  }

  async checkStep(
    step: HandshakeStep,
    verified: VerifiedMessage,
    members: ProfileMembers,
    passport: VerifiedPassport,
  ): Promise<void> {
    const { state } = this;
    const { config } = state;
    switch (step) {
      case 'discover':
        if (members.hello === undefined) throw new McpsError('hello_missing');
        negotiateVersion(members.hello.versions);
        break;
      case 'initialize':
        if (members.hello !== undefined) negotiateVersion(members.hello.versions);
        else if (!config.allowPublishedPeers) throw new McpsError('hello_missing');
        break;
      case 'opening':
        // What says where it belongs is no published peer's: it belongs to another session, or to another server.
        if (!config.allowPublishedPeers || members.context !== undefined) throw new McpsError('session_unknown');
        break;
      case 'initialized':
      case 'pending':
        this.#checkSession(verified, passport);
        if (!state.published) await this.#checkBinding(step, verified, members, passport);
        checkMembership(state, verified, members);
        break;
    }
  }

  #checkSession({ message, kind }: VerifiedMessage, passport: VerifiedPassport): void {
    const { sessionless, pinned } = this.state;
    if (!sessionless && pinned !== undefined) checkSigner(passport, pinned);
    if (isInitialize(message, kind)) throw new McpsError('session_mismatch');
    // Where sessions are kept, a message does without one only by saying so itself.
    const needsNone = this.state.config.stateless || isAnswerKind(kind) || claimsModernEra(message);
    if (sessionless && !needsNone) throw new McpsError('session_unknown');
  }

  async #checkBinding(
    step: 'initialized' | 'pending',
    { message, kind }: VerifiedMessage,
    members: ProfileMembers,
    passport: VerifiedPassport,
  ): Promise<void> {
    const { session } = this.state;
    if (step === 'pending') {
      if (isAnswerKind(kind) || isPing(message, kind)) return;
      throw new McpsError('binding_pending');
    }
    if (members.binding === undefined || session === undefined) throw new McpsError('binding_missing');
    await verifySessionBinding(members.binding, { transcriptHash: session, role: 'client' }, passport.publicKey);
  }

  accepted({ passport, verified, message }: AcceptedMessage): JsonObject {
    const { state } = this;
    if (state.current === 'idle') this.#serveWithoutSession();
    if (verified.kind === 'request' && this.#used !== undefined) this.#used = 'for-requests';
    if (state.sessionless || state.pinned === undefined) state.pinned = passport;
    return withoutMetaAdvertisement(message);
  }

  #serveWithoutSession(): void {
    const { state } = this;
    if (state.config.stateless) return;
    state.current = 'stateless';
    state.sessionless = true;
    this.#used ??= 'to-discover';
  }

  acceptedStep(step: HandshakeStep, accepted: AcceptedMessage): Promise<Transition> {
    const { state } = this;
    const { verified, members, passport, message } = accepted;
    if (step === 'discover' || step === 'initialize' || state.pinned === undefined) state.pinned = passport;
    switch (step) {
      case 'discover':
        this.#serveWithoutSession();
        this.#noteDiscover(verified.message);
        return Promise.resolve({ message: withoutMetaAdvertisement(message), then: [], established: false });
      case 'initialize':
        state.published = members.hello === undefined;
        this.#begin(verified.message);
        return Promise.resolve({ message: withoutClientAdvertisement(message), then: [], established: false });
      case 'pending':
        return Promise.resolve({ message, then: [], established: false });
      case 'opening':
      case 'initialized':
        // Opened without an initialize: a published peer.
        state.published ||= step === 'opening';
        state.current = 'established';
        return Promise.resolve({ message, then: [{ type: 'flush' }], established: true });
    }
  }

  acceptUnsigned(unsigned: UnsignedMessage): Promise<Incoming[]> {
    const { state } = this;
    const { message, kind } = unsigned;
    const isOpen = state.current === 'plain' || state.current === 'idle' || state.current === 'stateless';
    // Whoever has signed here before was stripped of it, or is somebody else.
    if (!isOpen || this.#used !== undefined) throw new McpsError('envelope_missing');
    checkPlainAllowed(state.config, unsigned);
    // A client that claims MCPS but sends no envelope was stripped of it on the way.
    const isClaimed = isInitialize(message, kind) && isAdvertised(member(message, 'params'));
    if (isClaimed || isAdvertisedInMeta(message)) throw new McpsError('downgrade');
    if (!state.sessionless) state.current = 'plain';
    return Promise.resolve([...acceptPlain(state, unsigned), { type: 'flush' }]);
  }

  refused(received: JsonObject, kind: MessageKind): boolean {
    return this.state.current === 'handshake' && isInitialized(received, kind);
  }

  observed(unverified: UnverifiedMessage, members: ProfileMembers): void {
    const { message, kind } = unverified;
    const { state } = this;
    if (isInitialize(message, kind) && (state.current === 'idle' || this.#mayBeginSession)) {
      state.published = members.hello === undefined;
      this.#begin(message);
    } else if (isInitialized(message, kind) && state.current === 'handshake') {
      state.current = 'established';
    } else if (claimsModernEra(message) && (state.current === 'idle' || state.current === 'stateless')) {
      this.#serveWithoutSession();
      if (isDiscover(message, kind)) this.#noteDiscover(message);
      else if (this.#used !== undefined) this.#used = 'for-requests';
    }
  }

  /** Its answer says what we are. */
  #noteDiscover(signedRequest: JsonObject): void {
    const { received } = this.state;
    const id = idOf(signedRequest);
    const owed = id === undefined ? undefined : received.get(id);
    if (id !== undefined && owed !== undefined) received.set(id, { ...owed, discovers: true });
  }

  #begin(signedRequest: JsonObject): void {
    const id = idOf(signedRequest);
    if (id === undefined) return;
    const { state } = this;
    this.#initialization = { id, params: clientHalf(signedRequest) };
    if (state.config.stateless) return;
    state.sessionless = false;
    state.current = 'handshake';
  }

  #answersInitialize(message: JsonObject, kind: MessageKind): boolean {
    return isAnswerKind(kind) && this.#initialization !== undefined && idOf(message) === this.#initialization.id;
  }

  #answersDiscover(message: JsonObject, kind: MessageKind): boolean {
    const id = isAnswerKind(kind) ? idOf(message) : undefined;
    return id !== undefined && this.state.received.get(id)?.discovers === true;
  }
}

function withoutClientAdvertisement(message: JsonObject): JsonObject {
  const params = member(message, 'params');
  return isObject(params) ? withMember(message, 'params', withoutAdvertisement(params)) : message;
}
