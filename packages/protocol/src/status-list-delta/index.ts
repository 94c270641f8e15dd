export { applyStatusListDelta } from './apply-status-list-delta.js';
export { signStatusListDelta } from './sign-status-list-delta.js';
export type { StatusListDelta } from './status-list-delta.js';
export { verifyStatusListDelta } from './verify-status-list-delta.js';
export type { VerifiedStatusListDelta } from './verify-status-list-delta.js';
