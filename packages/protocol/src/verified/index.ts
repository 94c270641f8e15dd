// `markVerified` stays out: code of this package imports it from `./verified.js`, and the root entry must not hand it on.
export { isVerified } from './verified.js';
export type { Verified, VerifiedKind } from './verified.js';
