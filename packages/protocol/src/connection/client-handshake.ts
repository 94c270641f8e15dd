import type { UnsignedMessage, UnverifiedMessage, VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { isObject, member, withMember } from '../json-rpc/index.js';
import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { negotiateVersion } from '../negotiation/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { addProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { isEmptyProfile } from '../profile/profile.js';
import { signSessionBinding, transcriptHash, verifySessionBinding } from '../transcript/index.js';
import type { AcceptedMessage, HandshakeStep } from './accept.js';
import { idOf } from './answers.js';
import { isAdvertised, withoutAdvertisement, withoutMetaAdvertisement } from './capability.js';
import { isDiscover } from './era.js';
import type { Handshake, Route, Transition } from './handshake.js';
import { STATELESS_FEATURE, advertised, clientHalf, createHello, serverHalf } from './hello.js';
import { signDiscover } from './introductions.js';
import { knownAs, remember } from './known-peers.js';
import type { KnownAs } from './known-peers.js';
import { isAnswerKind, isInitialize, isInitialized } from './lifecycle.js';
import { checkMembership, checkReplyTo } from './membership.js';
import { ownPassport } from './own-passport.js';
import { acceptPlain, checkPlainAllowed } from './plain.js';
import { checkSigner } from './session-rules.js';
import type { SessionState } from './session-state.js';
import { noteSent, seal } from './sign-outgoing.js';
import type { Incoming } from './types.js';

/**
 * The client's side. With a session: it sends `initialize`, verifies the server's binding in the result, and sends its own in
 * `notifications/initialized`. Without one: it sends `server/discover`, and holds the server to the passport that signed the result.
 */
export class ClientHandshake implements Handshake {
  #initializeId: JsonRpcId | undefined;
  /** The client's half of the transcript, as signed. */
  #params: JsonObject | undefined;
  #bindingDue = false;
  /** How an answer to `server/discover` has been signed here: whoever says less of MCPS from now on was stripped of it. */
  #seenAs: KnownAs | undefined;
  /** We have asked the server what it is, and nothing else yet: a session may still begin. */
  #onlyDiscovered = false;

  constructor(private readonly state: SessionState) {}

  route(message: JsonObject, kind: MessageKind): Route {
    const { state } = this;
    if (state.current === 'plain') return 'plain';
    if (this.#mayOpen(message, kind)) return 'handshake';
    if (state.current === 'handshake') return 'hold';
    if (state.current === 'idle') {
      // No handshake to ride on: a stateless server, or an HTTP session that began elsewhere.
      state.current = 'stateless';
      state.sessionless = true;
    }
    if (kind === 'request') this.#onlyDiscovered = false;
    return 'sign';
  }

  #mayOpen(message: JsonObject, kind: MessageKind): boolean {
    const { current } = this.state;
    const discovers = isDiscover(message, kind);
    if (!discovers && !isInitialize(message, kind)) return false;
    // A server from before `server/discover` may leave it unanswered: what the client tries then must not wait for that answer.
    if (current === 'handshake') return this.#initializeId === undefined;
    if (current === 'stateless') return discovers || this.#onlyDiscovered;
    return current === 'idle';
  }

  async sign(message: JsonObject, kind: MessageKind): Promise<JsonObject> {
    const { state } = this;
    const id = idOf(message);
    if (id === undefined) throw new McpsError('message_kind_ambiguous');
    if (isDiscover(message, kind)) {
      const discover = await signDiscover(state, message, id);
      if (!state.sessionless) state.current = 'handshake';
      return discover;
    }
    const members: ProfileMembers = { hello: createHello(state.config), ...(await ownPassport(state)) };
    const complete = addProfile(advertised(message, 'params', state.config), kind, members);
    const signed = await seal(state, complete);
    state.sessionless = false;
    await noteSent(state, message, id, signed, { carriedPassport: true, repeated: false, discovers: false });
    this.#initializeId = id;
    this.#params = clientHalf(complete);
    state.current = 'handshake';
    return signed.message;
  }

  bindingDue(message: JsonObject, kind: MessageKind): boolean {
    return this.#bindingDue && isInitialized(message, kind);
  }

  async binding(): Promise<ProfileMembers> {
    const { session, config } = this.state;
    if (session === undefined) return {};
    this.#bindingDue = false;
    return { binding: await signSessionBinding({ transcriptHash: session, role: 'client' }, config.key) };
  }

  get pinned(): VerifiedPassport | undefined {
    return this.state.pinned;
  }

  boundByHandshake(unverified: UnverifiedMessage, claims: ProfileMembers): boolean {
    // An answer that is bound is so to a request that we signed moments ago; a message of our session to the random value in our hello.
    if (isAnswerKind(unverified.kind)) return claims.re !== undefined;
    return claims.context?.session === (this.state.session ?? '');
  }

  step({ message, kind }: VerifiedMessage): HandshakeStep | undefined {
    if (this.#answersDiscover(message, kind)) return 'discover';
    if (this.state.current !== 'handshake') return undefined;
    return this.#answersInitialize(message, kind) ? 'initialize' : 'pending';
  }

  check(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): void {
    const { state } = this;
    if (state.pinned !== undefined) checkSigner(passport, state.pinned);
    checkMembership(state, verified, members);
  }

  async checkStep(
    step: HandshakeStep,
    verified: VerifiedMessage,
    members: ProfileMembers,
    passport: VerifiedPassport,
  ): Promise<void> {
    const { state } = this;
    if (step !== 'initialize' && step !== 'discover') throw new McpsError('binding_pending');
    const isPublished = this.#isPublishedAnswer(step, verified, members);
    if (!isPublished || members.re !== undefined) checkReplyTo(state, verified, members);
    if (isPublished) {
      // Whoever has answered with the profile before has it in every answer: this is another, or one who has been talked down.
      if ((await this.#knownAs()) === 'profile') throw new McpsError('downgrade');
      return;
    }
    if (verified.kind === 'error') return;
    if (members.hello === undefined) throw new McpsError('hello_missing');
    negotiateVersion(members.hello.versions);
    if (step === 'discover') return;
    if (members.binding === undefined) throw new McpsError('binding_missing');
    const hash = await this.#transcript(verified);
    await verifySessionBinding(members.binding, { transcriptHash: hash, role: 'server' }, passport.publicKey);
  }

  /**
   * Whether policy takes this for the answer of a published peer. Bound to nothing, it has nothing of the profile at all: some member of it is in everything
   * that answers a client by way of the profile, refusals included. A published peer refuses `server/discover`, and does not answer it otherwise.
   */
  #isPublishedAnswer(step: HandshakeStep, { kind }: VerifiedMessage, members: ProfileMembers): boolean {
    if (!this.state.config.allowPublishedPeers) return false;
    if (isEmptyProfile(members)) return step === 'initialize' || kind === 'error';
    return step === 'initialize' && kind === 'result' && members.re !== undefined && members.hello === undefined;
  }

  accepted({ verified, passport, message }: AcceptedMessage): JsonObject {
    const { state } = this;
    // Only an answer shows that its signer is whom our request reached: anybody could have sent a notification.
    if (state.sessionless && isAnswerKind(verified.kind)) state.pinned = passport;
    return withoutMetaAdvertisement(message);
  }

  async acceptedStep(step: HandshakeStep, accepted: AcceptedMessage): Promise<Transition> {
    if (step === 'discover') return this.#discovered(accepted);
    const { state } = this;
    const { verified, members, passport, message } = accepted;
    this.#initializeId = undefined;
    if (verified.kind === 'error') {
      state.current = 'idle';
      return { message, then: [], established: false };
    }
    state.published = members.hello === undefined;
    await this.#remember(state.published ? 'published' : 'profile');
    state.pinned = passport;
    state.sessionless = members.hello?.features?.includes(STATELESS_FEATURE) ?? false;
    if (!state.published) state.begin(await this.#transcript(verified));
    this.#bindingDue = !state.published && !state.sessionless;
    state.current = state.sessionless ? 'stateless' : 'established';
    return { message: withoutServerAdvertisement(message), then: [{ type: 'flush' }], established: true };
  }

  /** Any answer shows that the server speaks MCPS; a result, who it is. */
  async #discovered({ verified, members, passport, message }: AcceptedMessage): Promise<Transition> {
    const { state } = this;
    const as = isEmptyProfile(members) ? 'published' : 'profile';
    await this.#remember(as);
    this.#seenAs = this.#seenAs === 'profile' ? 'profile' : as;
    if (verified.kind === 'error') {
      this.#endOpening('idle');
      return { message, then: [], established: false };
    }
    state.pinned = passport;
    if (!state.sessionless) {
      state.current = 'stateless';
      state.sessionless = true;
      this.#onlyDiscovered = true;
    }
    return { message: withoutServerAdvertisement(message), then: [{ type: 'flush' }], established: false };
  }

  async acceptUnsigned(unsigned: UnsignedMessage): Promise<Incoming[]> {
    const { state } = this;
    const { message, kind } = unsigned;
    const opened = this.#answersInitialize(message, kind) || this.#answersDiscover(message, kind);
    if (opened) {
      const known = (await this.#knownAs()) !== undefined;
      // Whoever claims MCPS, or has spoken it here before, was stripped of it on the way.
      if (known || isAdvertised(member(message, 'result'))) throw new McpsError('downgrade');
    }
    const isAnswerToOpening = opened && state.current === 'handshake';
    if (state.current !== 'plain' && !isAnswerToOpening) throw new McpsError('envelope_missing');
    checkPlainAllowed(state.config, unsigned);
    if (isAnswerToOpening) {
      const id = idOf(message);
      if (id !== undefined) state.sent.take(id);
      this.#endOpening(kind === 'error' ? 'idle' : 'plain');
    }
    return [...acceptPlain(state, unsigned), ...(isAnswerToOpening ? ([{ type: 'flush' }] as const) : [])];
  }

  /** Without the answer to `initialize` there is no session. One to `server/discover` may be done without: what comes next is signed like it. */
  refused(received: JsonObject, kind: MessageKind): boolean {
    if (this.#answersDiscover(received, kind)) this.#endOpening('idle');
    return this.#answersInitialize(received, kind);
  }

  observed({ message, kind }: UnverifiedMessage): void {
    if (!this.#answersInitialize(message, kind) && !this.#answersDiscover(message, kind)) return;
    this.#endOpening(kind === 'error' ? 'idle' : 'plain');
  }

  #answersInitialize(message: JsonObject, kind: MessageKind): boolean {
    if (this.state.current !== 'handshake' || !isAnswerKind(kind)) return false;
    const id = idOf(message);
    return id !== undefined && id === this.#initializeId;
  }

  /** Never once a session has been asked for. */
  #answersDiscover(message: JsonObject, kind: MessageKind): boolean {
    const { current, sent } = this.state;
    if (!isAnswerKind(kind) || this.#initializeId !== undefined) return false;
    if (current !== 'handshake' && current !== 'idle' && current !== 'stateless') return false;
    const id = idOf(message);
    return id !== undefined && sent.get(id)?.discovers === true;
  }

  /** What was begun has led to nothing that is verified. Where every message stands for itself, nothing has changed. */
  #endOpening(next: 'idle' | 'plain'): void {
    this.#initializeId = undefined;
    if (this.state.current === 'handshake') this.state.current = next;
  }

  #transcript(verified: VerifiedMessage): Promise<string> {
    return transcriptHash(this.#params ?? {}, serverHalf(verified.message));
  }

  /** Written before any application message is sent: a crash in between must not forget it. */
  async #remember(as: KnownAs): Promise<void> {
    const { endpoint } = this.state.options;
    if (endpoint !== undefined) await remember(this.state.config.knownPeers, endpoint, as);
  }

  async #knownAs(): Promise<KnownAs | undefined> {
    const { endpoint } = this.state.options;
    if (this.#seenAs === 'profile' || endpoint === undefined) return this.#seenAs;
    return (await knownAs(this.state.config.knownPeers, endpoint)) ?? this.#seenAs;
  }
}

function withoutServerAdvertisement(message: JsonObject): JsonObject {
  const result = member(message, 'result');
  return withMember(message, 'result', withoutAdvertisement(isObject(result) ? result : {}));
}
