import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { addProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { signSessionBinding, transcriptHash } from '../transcript/index.js';
import { advertised, advertisedInMeta, createHello, serverHalf } from './hello.js';
import { ownPassport } from './own-passport.js';
import type { ReceivedRequest, SessionState } from './session-state.js';
import { checkRoom, noteSent, seal } from './sign-outgoing.js';

/** Signs the request that asks the server what it is: it introduces us, and is addressed to nobody, as the answer tells whom we speak to. */
export async function signDiscover(state: SessionState, message: JsonObject, id: JsonRpcId): Promise<JsonObject> {
  checkRoom(state);
  const members: ProfileMembers = { hello: createHello(state.config), ...(await ownPassport(state)) };
  const signed = await seal(state, addProfile(advertisedInMeta(message, state.config), 'request', members));
  await noteSent(state, message, id, signed, { carriedPassport: true, repeated: false, discovers: true });
  return signed.message;
}

/** Signs what answers such a request. The request, to which the answer is bound, is all the transcript there is; an error introduces nobody. */
export async function signDiscoverAnswer(
  state: SessionState,
  message: JsonObject,
  kind: MessageKind,
  id: JsonRpcId,
): Promise<JsonObject> {
  const owed = state.received.get(id);
  const answer = await answerMembers(state, owed);
  const complete =
    kind === 'error'
      ? addProfile(message, kind, answer)
      : addProfile(advertised(message, 'result', state.config), kind, { ...answer, hello: createHello(state.config) });
  const signed = await seal(state, complete, owed?.carrier);
  state.received.take(id);
  state.owesPassport = false;
  return signed.message;
}

/** An `initialize` request that awaits its result. */
export interface Initialization {
  readonly id: JsonRpcId;
  /** The client's half of the transcript, as received. */
  readonly params: JsonObject;
}

/** Signs the result of `initialize` with our binding, which begins a session; or, to a published peer, without. */
export async function signInitializeResult(
  state: SessionState,
  message: JsonObject,
  { id, params }: Initialization,
): Promise<JsonObject> {
  const owed = state.received.take(id);
  const answer = await answerMembers(state, owed);
  if (state.published) return (await seal(state, addProfile(message, 'result', answer), owed?.carrier)).message;
  const complete = advertised(message, 'result', state.config);
  const members: ProfileMembers = { ...answer, hello: createHello(state.config) };
  const hash = await transcriptHash(params, serverHalf(addProfile(complete, 'result', members)));
  const binding = await signSessionBinding({ transcriptHash: hash, role: 'server' }, state.config.key);
  const signed = await seal(state, addProfile(complete, 'result', { ...members, binding }), owed?.carrier);
  if (!state.sessionless) state.begin(hash);
  return signed.message;
}

/** Signs the error that answers `initialize`: there is no session, and another attempt may follow. */
export async function signInitializeError(
  state: SessionState,
  message: JsonObject,
  { id }: Initialization,
): Promise<JsonObject> {
  const owed = state.received.take(id);
  const answer = await answerMembers(state, owed);
  if (!state.config.stateless) state.current = 'idle';
  return (await seal(state, addProfile(message, 'error', answer), owed?.carrier)).message;
}

/** What every answer has that introduces us: what it is bound to, and our passport. */
async function answerMembers(state: SessionState, owed: ReceivedRequest | undefined): Promise<ProfileMembers> {
  return { ...(owed?.digest === undefined ? {} : { re: owed.digest }), ...(await ownPassport(state)) };
}
