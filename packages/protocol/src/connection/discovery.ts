import type { JsonObject, JsonRpcId, MessageKind } from '../json-rpc/index.js';
import { addProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { advertised, advertisedInMeta, createHello } from './hello.js';
import { ownPassport } from './own-passport.js';
import type { SessionState } from './session-state.js';
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
export async function signDiscovered(
  state: SessionState,
  message: JsonObject,
  kind: MessageKind,
  id: JsonRpcId,
): Promise<JsonObject> {
  const digest = state.received.get(id)?.digest;
  const answer: ProfileMembers = { ...(digest === undefined ? {} : { re: digest }), ...(await ownPassport(state)) };
  const complete =
    kind === 'error'
      ? addProfile(message, kind, answer)
      : addProfile(advertised(message, 'result', state.config), kind, { ...answer, hello: createHello(state.config) });
  const signed = await seal(state, complete);
  state.received.take(id);
  return signed.message;
}
