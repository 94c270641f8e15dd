export { readSessionHeader } from './read.js';
export { signSessionHeader } from './sign.js';
export type { SignSessionHeaderOptions } from './sign.js';
export { SESSION_HEADER } from './types.js';
export type { BodilessRequest, SessionHeaderClaims, VerifiedSessionHeader } from './types.js';
export { verifySessionHeader } from './verify.js';
export type { VerifySessionHeaderOptions } from './verify.js';
