import type { Carrier } from '../carrier/index.js';
import { replyDigest, signMessage } from '../envelope/index.js';
import type { SignedMessage } from '../envelope/index.js';
import { ConfigurationError } from '../errors/index.js';
import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { addProfile } from '../profile/index.js';
import type { Context, ProfileMembers } from '../profile/index.js';
import { idOf } from './answers.js';
import { ownPassport } from './own-passport.js';
import type { SentRequest, SessionState } from './session-state.js';

/** What a message is to be signed with beside what its place in the connection asks for. */
export interface SignOptions {
  readonly members?: ProfileMembers;
  /** Whom to address where no peer is known yet. */
  readonly audience?: string;
  /** That of the request that is refused. */
  readonly carrier?: Carrier;
  /** The message repeats a call that the peer refused for want of our passport. */
  readonly repeated?: boolean;
  /** The message is a refusal of the connection's own: a request under the same id that our application has yet to answer stays as it is. */
  readonly refusal?: boolean;
}

/**
 * Signs a message with the members that its place in the connection asks for (context, reply binding, passport) and notes it where an answer is due.
 * Throws what the key throws; nothing is counted then.
 */
export async function signOutgoing(
  state: SessionState,
  original: JsonObject,
  kind: MessageKind,
  options: SignOptions = {},
): Promise<JsonObject> {
  const id = idOf(original);
  if (kind === 'request') checkRoom(state);
  const answers = (kind === 'result' || kind === 'error') && options.refusal !== true;
  const owed = answers && id !== undefined ? state.answeredBy(id) : undefined;
  const context = contextOf(state, options.audience);
  const members: { -readonly [K in keyof ProfileMembers]: ProfileMembers[K] } = { ...options.members };
  if (context !== undefined) members.context = context;
  if (owed?.digest !== undefined) members.re ??= owed.digest;
  if (attachesPassport(state, kind, owed?.carriedPassport ?? false))
    members.passport ??= (await ownPassport(state)).passport;
  const signed = await seal(state, addProfile(original, kind, members), owed?.carrier ?? options.carrier);
  // Counted and crossed off only now: a message that could not be signed has used up nothing.
  if (owed !== undefined && id !== undefined) state.noteAnswered(id, owed);
  if (owed !== undefined && members.passport !== undefined) state.owesPassport = false;
  if (context?.seq !== undefined) state.nextSequence += 1;
  if (kind === 'request' && id !== undefined) {
    await noteSent(state, original, id, signed, {
      carriedPassport: members.passport !== undefined,
      repeated: options.repeated ?? false,
      discovers: false,
    });
  }
  return signed.message;
}

/** Throws `ConfigurationError` `state_unavailable` where no further request can await its answer. */
export function checkRoom({ sent }: SessionState): void {
  if (sent.full) throw new ConfigurationError('state_unavailable', 'Too many requests await an answer.');
}

/**
 * Signs a message as it stands, with our key.
 *
 * @param answered the carrier of the request that the message answers; it counts where nothing else is configured.
 */
export function seal(state: SessionState, message: JsonObject, answered?: Carrier): Promise<SignedMessage> {
  const { passport, key, carrier: choice, channelBinding, clock } = state.config;
  return signMessage(message, {
    passportId: passport.passport_id,
    key,
    carrier: choice === 'auto' ? (answered ?? state.peerCarrier ?? 'meta') : choice,
    clock,
    ...(channelBinding === undefined ? {} : { channelBinding }),
  });
}

/** Remembers a signed request, so that its answer can be held to it. */
export async function noteSent(
  state: SessionState,
  original: JsonObject,
  id: JsonRpcId,
  signed: SignedMessage,
  how: Pick<SentRequest, 'carriedPassport' | 'repeated' | 'discovers'>,
): Promise<void> {
  state.sent.set(id, {
    original: state.sessionless ? original : undefined,
    digest: await replyDigest(signed),
    nonce: signed.envelope.nonce,
    signedAtMs: state.now,
    ...how,
  });
}

function contextOf(state: SessionState, addressee: string | undefined): Context | undefined {
  if (state.published) return undefined;
  const configured = state.role === 'client' ? state.config.audiences[0] : undefined;
  const audience = state.pinned?.id ?? addressee ?? state.addressee ?? configured;
  if (audience === undefined) {
    if (state.role === 'server') return undefined;
    throw new ConfigurationError(
      'option_missing',
      'Without a handshake the server must be named: set `audience` to its passport id or to the URL that it is configured with.',
    );
  }
  const { role: direction, session, nextSequence: seq, sessionless } = state;
  return sessionless || session === undefined ? { audience, direction } : { audience, direction, session, seq };
}

/**
 * Without a session the peer may be a process that has never seen us. A client shows its passport until an answer has proved that the server holds it,
 * and with every notification, which nobody can ask to have repeated. A server shows its own to whoever showed theirs: in the answer, and in what it says
 * before that.
 */
function attachesPassport(state: SessionState, kind: MessageKind, answersPassport: boolean): boolean {
  if (!state.sessionless) return false;
  if (state.role === 'server') return answersPassport || (kind === 'notification' && state.owesPassport);
  return state.pinned === undefined || kind === 'notification';
}
