export { signStaple, signStatus } from './sign.js';
export type { SignStapleOptions, SignStatusOptions } from './sign.js';
export { MAX_STAPLE_LIFETIME_MS, MAX_STATUS_LIFETIME_MS } from './types.js';
export type { PassportStatus, SignedStatus, Staple, StatusStatement } from './types.js';
export { verifySignedStatus, verifyStaple } from './verify.js';
export type { VerifiedSignedStatus, VerifiedStaple, VerifySignedStatusOptions } from './verify.js';
