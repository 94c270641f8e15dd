export type { RevokedPassport } from './revoked-passport.js';
export { signStatusList } from './sign-status-list.js';
export type { SignStatusListOptions } from './sign-status-list.js';
export { SignedListStatusSource } from './signed-list-status-source.js';
export type { SignedListStatusSourceOptions, UpdateListOptions } from './signed-list-status-source.js';
export type { StatusList } from './status-list.js';
export { verifyStatusList } from './verify-status-list.js';
export type { StatusListFacts, VerifiedStatusList } from './verify-status-list.js';
