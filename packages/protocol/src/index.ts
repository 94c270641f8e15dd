export * from './errors/index.js';
export { DEFAULT_MESSAGE_LIMITS, checkMessageLimits, classifyMessage } from './json-rpc/index.js';
export type { ClassifiedMessage, JsonObject, JsonRpcId, MessageKind, MessageLimits } from './json-rpc/index.js';
export * from './procedure/index.js';
export * from './signing-context/index.js';
export * from './time/index.js';
export * from './verified/index.js';
