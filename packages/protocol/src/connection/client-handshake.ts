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
import { isAdvertised, withoutAdvertisement } from './capability.js';
import type { Handshake, Route, Transition } from './handshake.js';
import { STATELESS_FEATURE, advertised, clientHalf, createHello, serverHalf } from './hello.js';
import { checkMembership, checkReplyTo } from './membership.js';
import { checkSigner } from './session-rules.js';
import type { SessionState } from './session-state.js';
import { ownPassport } from './own-passport.js';
import { noteSent, seal } from './sign-outgoing.js';
import { acceptPlain, checkPlainAllowed } from './plain.js';
import type { Incoming } from './types.js';

/** The client's side: it sends `initialize`, verifies the server's binding in the result, and sends its own in `notifications/initialized`. */
export class ClientHandshake implements Handshake {
  #initializeId: JsonRpcId | undefined;
  /** The client's half of the transcript, as signed. */
  #params: JsonObject | undefined;
  #bindingDue = false;

  constructor(private readonly state: SessionState) {}

  route(message: JsonObject, kind: MessageKind): Route {
    const { state } = this;
    if (state.current === 'plain') return 'plain';
    if (state.current === 'idle') {
      if (kind === 'request' && member(message, 'method') === 'initialize') return 'handshake';
      // No handshake to ride on: a stateless server, or an HTTP session that began elsewhere.
      state.current = 'stateless';
      state.sessionless = true;
    }
    return state.current === 'handshake' ? 'hold' : 'sign';
  }

  async sign(message: JsonObject, kind: MessageKind): Promise<JsonObject> {
    const { state } = this;
    const id = idOf(message);
    if (id === undefined) throw new McpsError('message_kind_ambiguous');
    const members: ProfileMembers = { hello: createHello(state.config), ...(await ownPassport(state)) };
    const complete = addProfile(advertised(message, 'params', state.config), kind, members);
    const signed = await seal(state, complete);
    await noteSent(state, message, id, signed, { carriedPassport: true, repeated: false });
    this.#initializeId = id;
    this.#params = clientHalf(complete);
    state.current = 'handshake';
    return signed.message;
  }

  bindingDue(message: JsonObject, kind: MessageKind): boolean {
    return this.#bindingDue && kind === 'notification' && member(message, 'method') === 'notifications/initialized';
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
    const isAnswer = unverified.kind === 'result' || unverified.kind === 'error';
    return isAnswer || claims.context?.session === (this.state.session ?? '');
  }

  step({ message, kind }: VerifiedMessage): HandshakeStep | undefined {
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
    if (step !== 'initialize') throw new McpsError('binding_pending');
    checkReplyTo(state, verified, members);
    if (verified.kind === 'error') return;
    if (members.hello === undefined) {
      if (state.config.allowPublishedPeers) return;
      throw new McpsError('hello_missing');
    }
    negotiateVersion(members.hello.versions);
    if (members.binding === undefined) throw new McpsError('binding_missing');
    const hash = await this.#transcript(verified);
    await verifySessionBinding(members.binding, { transcriptHash: hash, role: 'server' }, passport.publicKey);
  }

  accepted({ passport }: AcceptedMessage): void {
    const { state } = this;
    if (state.sessionless) state.pinned = passport;
  }

  async acceptedStep(_step: HandshakeStep, accepted: AcceptedMessage): Promise<Transition> {
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
    const delivered = withMember(message, 'result', withoutAdvertisement(resultOf(message)));
    return { message: delivered, then: [{ type: 'flush' }], established: true };
  }

  async acceptUnsigned(unsigned: UnsignedMessage): Promise<Incoming[]> {
    const { state } = this;
    const answersInitialize = this.#answersInitialize(unsigned.message, unsigned.kind);
    if (state.current !== 'plain' && !answersInitialize) throw new McpsError('envelope_missing');
    if (answersInitialize) {
      const { endpoint } = state.options;
      const known = endpoint !== undefined && (await state.config.knownPeers.has(endpoint));
      // Whoever claims MCPS, or has spoken it here before, was stripped of it on the way.
      if (known || isAdvertised(member(unsigned.message, 'result'))) throw new McpsError('downgrade');
    }
    checkPlainAllowed(state.config, unsigned);
    if (answersInitialize) {
      const id = idOf(unsigned.message);
      if (id !== undefined) state.sent.take(id);
      this.#initializeId = undefined;
      state.current = unsigned.kind === 'error' ? 'idle' : 'plain';
    }
    return [...acceptPlain(state, unsigned), ...(answersInitialize ? ([{ type: 'flush' }] as const) : [])];
  }

  endsWith(received: JsonObject, kind: MessageKind): boolean {
    return this.#answersInitialize(received, kind);
  }

  observed(unverified: UnverifiedMessage): void {
    if (!this.#answersInitialize(unverified.message, unverified.kind)) return;
    this.#initializeId = undefined;
    this.state.current = unverified.kind === 'error' ? 'idle' : 'plain';
  }

  #answersInitialize(message: JsonObject, kind: MessageKind): boolean {
    if (this.state.current !== 'handshake' || (kind !== 'result' && kind !== 'error')) return false;
    return idOf(message) === this.#initializeId;
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

function resultOf(message: JsonObject): JsonObject {
  const result = member(message, 'result');
  return isObject(result) ? result : {};
}
