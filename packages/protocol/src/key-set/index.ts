export { KeySets } from './key-sets.js';
export type { KeySetsOptions } from './key-sets.js';
export { signKeySet } from './sign.js';
export type { SignKeySetOptions } from './sign.js';
export type { KeyPurpose, KeySet, KeySetKey } from './types.js';
export { verifyKeySet } from './verify.js';
export type { VerifiedKeySet } from './verify.js';
