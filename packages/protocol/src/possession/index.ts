export { createChallenge } from './challenge.js';
export { provePossession } from './prove.js';
export type { ProvePossessionOptions } from './prove.js';
export type { ProofOfPossession } from './types.js';
export { verifyPossession } from './verify.js';
export type { VerifiedPossession, VerifyPossessionOptions } from './verify.js';
