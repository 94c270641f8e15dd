import type { UnsignedMessage, UnverifiedMessage, VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { isObject, member, withMember } from '../json-rpc/index.js';
import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { negotiateVersion } from '../negotiation/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { addProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { signSessionBinding, transcriptHash, verifySessionBinding } from '../transcript/index.js';
import type { AcceptedMessage } from './accept.js';
import { idOf } from './answers.js';
import { isAdvertised, withoutAdvertisement } from './capability.js';
import type { Handshake, Route, Transition } from './handshake.js';
import { advertised, clientHalf, createHello, serverHalf } from './hello.js';
import { checkMembership } from './membership.js';
import { acceptPlain, checkPlainAllowed } from './plain.js';
import { checkSigner } from './session-rules.js';
import type { SessionState } from './session-state.js';
import { ownPassport, seal } from './sign-outgoing.js';
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
      ...ownPassport(state),
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

  extraMembers(): Promise<ProfileMembers> {
    return Promise.resolve({});
  }

  boundByHandshake(unverified: UnverifiedMessage, claims: ProfileMembers): boolean {
    const { state } = this;
    if (unverified.kind === 'result' || unverified.kind === 'error') return true;
    // A replayed `initialize` leads nowhere: the session that it opens needs the client's signature over our fresh hello. Without a session it does not.
    if (isInitialize(unverified.message, unverified.kind)) return !state.sessionless && claims.hello !== undefined;
    return state.session !== undefined && claims.context?.session === state.session;
  }

  async check(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): Promise<void> {
    const { state } = this;
    const { message, kind } = verified;
    if (isInitialize(message, kind) && (state.current === 'idle' || state.sessionless)) {
      if (members.hello !== undefined) negotiateVersion(members.hello.versions);
      else if (!state.config.allowPublishedPeers) throw new McpsError('hello_missing');
      return;
    }
    if (state.current === 'idle') {
      if (!state.config.allowPublishedPeers) throw new McpsError('session_unknown');
      return;
    }
    if (!state.sessionless && state.pinned !== undefined) checkSigner(passport, state.pinned);
    if (isInitialize(message, kind)) throw new McpsError('session_mismatch');
    if (state.current === 'handshake' && !state.published) await this.#checkBinding(verified, members, passport);
    checkMembership(state, verified, members);
  }

  async #checkBinding(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): Promise<void> {
    const { message, kind } = verified;
    if (kind === 'result' || kind === 'error' || isPing(message, kind)) return;
    if (!isInitialized(message, kind)) throw new McpsError('binding_pending');
    const { session } = this.state;
    if (members.binding === undefined || session === undefined) throw new McpsError('binding_missing');
    await verifySessionBinding(members.binding, { transcriptHash: session, role: 'client' }, passport.publicKey);
  }

  accepted(accepted: AcceptedMessage): Promise<Transition> {
    const { state } = this;
    const { verified, members, passport, message } = accepted;
    const { kind } = verified;
    let established = false;
    if (state.sessionless || state.pinned === undefined) state.pinned = passport;
    let delivered = message;
    if (isInitialize(message, kind)) {
      state.published = members.hello === undefined;
      this.#begin(verified.message);
      delivered = withoutClientAdvertisement(message);
    } else if (state.current === 'idle' || (state.current === 'handshake' && isInitialized(message, kind))) {
      // Idle: a published peer that sends no initialize.
      state.published ||= state.current === 'idle';
      state.current = 'established';
      established = true;
    }
    return Promise.resolve({ message: delivered, then: established ? [{ type: 'flush' }] : [], established });
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
