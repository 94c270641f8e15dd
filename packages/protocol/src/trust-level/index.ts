export { TRUST_LEVELS, isTrustLevel } from './levels.js';
export type { TrustLevel } from './levels.js';
export { effectiveTrustLevel, staticTrustLevel } from './trust-level.js';
