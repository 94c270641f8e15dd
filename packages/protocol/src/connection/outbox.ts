import { ConfigurationError, McpsError } from '../errors/index.js';
import { classifyMessage, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { cancelledIdOf, idOf, isAnswer, refusalResponse, unsignableResponse } from './answers.js';
import type { Handshake } from './handshake.js';
import type { SessionState } from './session-state.js';
import { ownPassport } from './own-passport.js';
import { checkPeerNotRevoked } from './revoked-peer.js';
import { signOutgoing } from './sign-outgoing.js';
import type { Answer, Outgoing } from './types.js';

/** Most messages that wait for the handshake. */
const MAX_HELD = 1_000;

/** The outbound half of a connection: decides what becomes of each message of our application, and signs it. */
export class Outbox {
  readonly #held: JsonObject[] = [];

  constructor(
    private readonly state: SessionState,
    private readonly handshake: Handshake,
  ) {}

  async protect(input: JsonObject | Answer): Promise<Outgoing[]> {
    const held = this.#held.length === 0 ? [] : await this.flush();
    const outgoing = await (isAnswer(input) ? this.#signAnswer(input) : this.#protectOne(input));
    return held.length === 0 ? outgoing : [...held, ...outgoing];
  }

  /** Signs what was held, in its order; what must still wait is held again. */
  async flush(): Promise<Outgoing[]> {
    const outgoing: Outgoing[] = [];
    if (this.#held.length === 0 || this.state.current === 'handshake' || this.state.current === 'idle') return outgoing;
    for (const message of this.#held.splice(0)) outgoing.push(...(await this.#protectOne(message)));
    return outgoing;
  }

  close(): void {
    this.#held.length = 0;
  }

  async #protectOne(original: JsonObject): Promise<Outgoing[]> {
    try {
      return [await this.#send(original)];
    } catch (error) {
      return this.#cannotSend(original, error instanceof Error ? error : new Error('The message cannot be signed.'));
    }
  }

  async #send(original: JsonObject): Promise<Outgoing> {
    const { state, handshake } = this;
    if (state.current === 'closed') throw new ConfigurationError('state_unavailable', 'The connection is closed.');
    const { kind } = classifyMessage(original);
    const cancelled = kind === 'notification' ? cancelledIdOf(original) : undefined;
    if (cancelled !== undefined) state.sent.abandon(cancelled);
    checkPeerNotRevoked(state);
    const route = handshake.route(original, kind);
    if (route === 'hold') return this.#hold(original);
    if (route === 'plain') return { type: 'send', message: original, original };
    if (route === 'handshake') return { type: 'send', message: await handshake.sign(original, kind), original };
    if (!handshake.bindingDue(original, kind))
      return { type: 'send', message: await signOutgoing(state, original, kind), original };
    const members = await handshake.binding();
    return { type: 'send', message: await signOutgoing(state, original, kind, { members }), original };
  }

  #hold(original: JsonObject): Outgoing {
    if (this.#held.length >= MAX_HELD) {
      throw new ConfigurationError('state_unavailable', 'Too many messages wait for the handshake.');
    }
    this.#held.push(original);
    return { type: 'held', original };
  }

  /** A request or notification fails where it was sent. A response must still be answered, or the peer waits for ever. */
  async #cannotSend(original: JsonObject, error: Error): Promise<Outgoing[]> {
    const { state } = this;
    const failure: Outgoing = { type: 'fail', error, original };
    const id = idOf(original);
    if (id === undefined || member(original, 'method') !== undefined || state.current === 'closed') return [failure];
    try {
      const isRefusal = error instanceof McpsError && error.stage === 'revocation';
      const replacement = isRefusal ? refusalResponse(id, error) : unsignableResponse(id);
      const message = await signOutgoing(state, replacement, 'error');
      return [
        { type: 'send', message, original: replacement, relatedTo: id },
        { ...failure, isReplaced: true },
      ];
    } catch {
      // The key itself is out of reach: nothing that the peer would believe can be sent, and the application has been told.
      return [failure];
    }
  }

  async #signAnswer(answer: Answer): Promise<Outgoing[]> {
    const { state } = this;
    if (state.current === 'closed') return [];
    const { message: original, relatedTo, re, retryOf, audience, carrier } = answer;
    const { kind } = classifyMessage(original);
    const repeated = retryOf !== undefined;
    const members: ProfileMembers = {
      ...(re === undefined ? {} : { re }),
      ...(repeated ? { retryOf } : {}),
      // Whoever is refused before a session, or repeats a call for want of a passport, shows who they are.
      ...(repeated || state.sessionless || state.session === undefined ? await ownPassport(state) : {}),
    };
    const options = {
      members,
      repeated,
      refusal: !repeated,
      ...(audience === undefined ? {} : { audience }),
      ...(carrier === undefined ? {} : { carrier }),
    };
    try {
      const message = await signOutgoing(state, original, kind, options);
      return [{ type: 'send', message, original, ...(relatedTo === undefined ? {} : { relatedTo }) }];
    } catch (error) {
      return [
        { type: 'fail', error: error instanceof Error ? error : new Error('The answer cannot be signed.'), original },
      ];
    }
  }
}
