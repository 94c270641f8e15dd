export { signEvent } from './sign.js';
export type { SignEventOptions } from './sign.js';
export type { AuthorityEvent, EventType } from './types.js';
export { verifyEvent } from './verify.js';
export type { VerifiedEvent } from './verify.js';
