import type { UnsignedMessage, UnverifiedMessage, VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { isObject, member, withMember } from '../json-rpc/index.js';
import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { negotiateVersion } from '../negotiation/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { addProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { signSessionBinding, transcriptHash, verifySessionBinding } from '../transcript/index.js';
import type { AcceptedMessage, HandshakeStep } from './accept.js';
import { idOf } from './answers.js';
import { isAdvertised, withoutAdvertisement, withoutMetaAdvertisement } from './capability.js';
import { isDiscover } from './era.js';
import type { Handshake, Route, Transition } from './handshake.js';
import { STATELESS_FEATURE, advertised, clientHalf, createHello, serverHalf } from './hello.js';
import { signDiscover } from './introductions.js';
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
  /** An answer to `server/discover` has been verified here: whoever is silent about MCPS from now on was stripped of it. */
  #isSecured = false;
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
    // An answer must be bound to a request that we signed moments ago; a message of our session to the random value in our hello.
    return isAnswerKind(unverified.kind) || claims.context?.session === (this.state.session ?? '');
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
    checkReplyTo(state, verified, members);
    if (verified.kind === 'error') return;
    if (members.hello === undefined) {
      if (state.config.allowPublishedPeers && step === 'initialize') return;
      throw new McpsError('hello_missing');
    }
    negotiateVersion(members.hello.versions);
    if (step === 'discover') return;
    if (members.binding === undefined) throw new McpsError('binding_missing');
    const hash = await this.#transcript(verified);
    await verifySessionBinding(members.binding, { transcriptHash: hash, role: 'server' }, passport.publicKey);
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
    await this.#remember();
    state.pinned = passport;
    state.published = members.hello === undefined;
    state.sessionless = members.hello?.features?.includes(STATELESS_FEATURE) ?? false;
    if (!state.published) state.begin(await this.#transcript(verified));
    this.#bindingDue = !state.published && !state.sessionless;
    state.current = state.sessionless ? 'stateless' : 'established';
    return { message: withoutServerAdvertisement(message), then: [{ type: 'flush' }], established: true };
  }

  /** Any answer shows that the server speaks MCPS; a result, who it is. */
  async #discovered({ verified, passport, message }: AcceptedMessage): Promise<Transition> {
    const { state } = this;
    await this.#remember();
    this.#isSecured = true;
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
      const { endpoint } = state.options;
      const known = this.#isSecured || (endpoint !== undefined && (await state.config.knownPeers.has(endpoint)));
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
  async #remember(): Promise<void> {
    const { endpoint } = this.state.options;
    if (endpoint !== undefined) await this.state.config.knownPeers.add(endpoint);
  }
}

function withoutServerAdvertisement(message: JsonObject): JsonObject {
  const result = member(message, 'result');
  return withMember(message, 'result', withoutAdvertisement(isObject(result) ? result : {}));
}
