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
import { advertised, clientHalf, createHello, serverHalf } from './hello.js';
import { checkMembership } from './membership.js';
import { acceptPlain, checkPlainAllowed } from './plain.js';
import { checkSigner } from './session-rules.js';
import type { SessionState } from './session-state.js';
import { ownPassport } from './own-passport.js';
import { seal } from './sign-outgoing.js';
import type { Incoming } from './types.js';

/** An `initialize` request that awaits its result. */
interface Initialization {
  readonly id: JsonRpcId;
  /** The client's half of the transcript, as received. */
  readonly params: JsonObject;
}

/** The server's side: it answers `initialize` with its own hello and binding, and serves only `ping` until the client's binding has been verified. */
export class ServerHandshake implements Handshake {
  #initialization: Initialization | undefined;

  constructor(private readonly state: SessionState) {
    if (state.config.stateless) {
      state.current = 'stateless';
      state.sessionless = true;
    }
  }

  route(message: JsonObject, kind: MessageKind): Route {
    const { state } = this;
    if (state.current === 'plain') return 'plain';
    if (this.#answersInitialize(message, kind)) return 'handshake';
    if (state.current === 'idle') return 'hold';
    if (state.current !== 'handshake') return 'sign';
    // The client's binding is still to come. What answers its ping, and our own ping, may go once there is a session to put it in.
    if (state.session === undefined) return 'hold';
    return kind === 'result' || kind === 'error' || isPing(message, kind) ? 'sign' : 'hold';
  }

  async sign(message: JsonObject, kind: MessageKind): Promise<JsonObject> {
    const { state } = this;
    const initialization = this.#initialization;
    this.#initialization = undefined;
    const owed = initialization === undefined ? undefined : state.received.take(initialization.id);
    const answer: ProfileMembers = {
      ...(owed?.digest === undefined ? {} : { re: owed.digest }),
      ...(await ownPassport(state)),
    };
    if (kind === 'error' || state.published || initialization === undefined) {
      if (kind === 'error' && !state.config.stateless) state.current = 'idle';
      return (await seal(state, addProfile(message, kind, answer))).message;
    }
    const complete = advertised(message, 'result', state.config);
    const members: ProfileMembers = { ...answer, hello: createHello(state.config) };
    const hash = await transcriptHash(initialization.params, serverHalf(addProfile(complete, kind, members)));
    const binding = await signSessionBinding({ transcriptHash: hash, role: 'server' }, state.config.key);
    const signed = await seal(state, addProfile(complete, kind, { ...members, binding }));
    if (!state.sessionless) state.begin(hash);
    return signed.message;
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
    if (unverified.kind === 'result' || unverified.kind === 'error') return true;
    // A replayed `initialize` leads nowhere: the session that it opens needs the client's signature over our fresh hello. Without a session it does not.
    if (isInitialize(unverified.message, unverified.kind)) return !state.sessionless && claims.hello !== undefined;
    return state.session !== undefined && claims.context?.session === state.session;
  }

  step({ message, kind }: VerifiedMessage): HandshakeStep | undefined {
    const { current, sessionless } = this.state;
    if ((current === 'idle' || sessionless) && isInitialize(message, kind)) return 'initialize';
    if (current === 'idle') return 'opening';
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
      case 'initialize':
        if (members.hello !== undefined) negotiateVersion(members.hello.versions);
        else if (!config.allowPublishedPeers) throw new McpsError('hello_missing');
        break;
      case 'opening':
        if (!config.allowPublishedPeers) throw new McpsError('session_unknown');
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
  }

  async #checkBinding(
    step: 'initialized' | 'pending',
    { message, kind }: VerifiedMessage,
    members: ProfileMembers,
    passport: VerifiedPassport,
  ): Promise<void> {
    const { session } = this.state;
    if (step === 'pending') {
      if (kind === 'result' || kind === 'error' || isPing(message, kind)) return;
      throw new McpsError('binding_pending');
    }
    if (members.binding === undefined || session === undefined) throw new McpsError('binding_missing');
    await verifySessionBinding(members.binding, { transcriptHash: session, role: 'client' }, passport.publicKey);
  }

  accepted({ passport }: AcceptedMessage): void {
    const { state } = this;
    if (state.sessionless || state.pinned === undefined) state.pinned = passport;
  }

  acceptedStep(step: HandshakeStep, accepted: AcceptedMessage): Promise<Transition> {
    const { state } = this;
    const { verified, members, message } = accepted;
    this.accepted(accepted);
    switch (step) {
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
    if (state.current !== 'plain' && state.current !== 'idle' && state.current !== 'stateless')
      throw new McpsError('envelope_missing');
    checkPlainAllowed(state.config, unsigned);
    // A client that claims MCPS but sends no envelope was stripped of it on the way.
    if (isInitialize(unsigned.message, unsigned.kind) && isAdvertised(member(unsigned.message, 'params')))
      throw new McpsError('downgrade');
    if (!state.sessionless) state.current = 'plain';
    return Promise.resolve([...acceptPlain(state, unsigned), { type: 'flush' }]);
  }

  endsWith(received: JsonObject, kind: MessageKind): boolean {
    return this.state.current === 'handshake' && isInitialized(received, kind);
  }

  observed(unverified: UnverifiedMessage, members: ProfileMembers): void {
    const { message, kind } = unverified;
    if (isInitialize(message, kind) && this.state.current === 'idle') {
      this.state.published = members.hello === undefined;
      this.#begin(message);
    } else if (isInitialized(message, kind) && this.state.current === 'handshake') {
      this.state.current = 'established';
    }
  }

  #begin(signedRequest: JsonObject): void {
    const id = idOf(signedRequest);
    if (id === undefined) return;
    this.#initialization = { id, params: clientHalf(signedRequest) };
    if (!this.state.sessionless) this.state.current = 'handshake';
  }

  #answersInitialize(message: JsonObject, kind: MessageKind): boolean {
    return (
      (kind === 'result' || kind === 'error') &&
      this.#initialization !== undefined &&
      idOf(message) === this.#initialization.id
    );
  }
}

function isInitialize(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'request' && member(message, 'method') === 'initialize';
}

function isInitialized(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'notification' && member(message, 'method') === 'notifications/initialized';
}

function isPing(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'request' && member(message, 'method') === 'ping';
}

function withoutClientAdvertisement(message: JsonObject): JsonObject {
  const params = member(message, 'params');
  return isObject(params) ? withMember(message, 'params', withoutAdvertisement(params)) : message;
}
