export { classifyMessage } from './classify.js';
export type { ClassifiedMessage, JsonRpcId, MessageKind } from './classify.js';
export {
  hasMember,
  isEmptyObject,
  isObject,
  member,
  withMember,
  withoutMember,
  withoutMembers,
} from './json-object.js';
export type { JsonObject } from './json-object.js';
export { DEFAULT_MESSAGE_LIMITS, resolveMessageLimits } from './limits.js';
export type { MessageLimits } from './limits.js';
export { checkMessageLimits, snapshot } from './snapshot.js';
