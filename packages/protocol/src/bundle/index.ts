export { signBundle } from './sign.js';
export type { SignBundleOptions } from './sign.js';
export type { Bundle } from './types.js';
export { verifyBundle } from './verify.js';
export type { VerifiedBundle } from './verify.js';
