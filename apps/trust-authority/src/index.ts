export type * from './authority.js';
export { AuthorityError } from './error.js';
export type { AuthorityErrorCode } from './error.js';
export type * from './formats.js';
export { REVOCATION_REASONS } from './passport-record.js';
export type { PassportRecord, Revocation, RevocationReason } from './passport-record.js';
