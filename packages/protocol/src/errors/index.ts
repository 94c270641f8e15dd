export { ERROR_CODES, errorCodeOf, jsonRpcCodeOf } from './codes.js';
export type { ErrorCode } from './codes.js';
export { ConfigurationError } from './configuration-error.js';
export type { ConfigurationFault } from './configuration-error.js';
export { McpsError, readRefusal, toRefusalObject } from './mcps-error.js';
export type { RefusalDetails, RefusalObject } from './mcps-error.js';
export { REASONS, STAGES, isReason } from './reasons.js';
export type { Reason, Stage } from './reasons.js';
