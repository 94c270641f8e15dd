export { createPassport } from './create.js';
export type { CreatePassportOptions, PassportLifetime, PassportSubject } from './create.js';
export { passportDigest } from './digest.js';
export { issuePassport } from './issue.js';
export type { IssuePassportOptions, IssuingAuthority } from './issue.js';
export { previousKeyHash } from './key-hash.js';
export { MAX_CAPABILITIES, MAX_CHAIN_DEPTH, MAX_EVIDENCE, MAX_PASSPORT_BYTES } from './limits.js';
export { MemoryPassportStore } from './memory-store.js';
export type { MemoryPassportStoreOptions } from './memory-store.js';
export { validateOrigin } from './origin.js';
export { parsePassport } from './parse.js';
export type { ParsePassportOptions, PassportSource, UnverifiedPassport } from './parse.js';
export { createPassportId, isPassportId } from './passport-id.js';
export { rotatePassport } from './rotation.js';
export type { RotatePassportOptions, RotatedPassport } from './rotation.js';
export type { RotationProof } from './rotation-proof.js';
export { signPassport } from './sign.js';
export type { SignPassportOptions } from './sign.js';
export type { PassportStore, PutOutcome } from './store.js';
export { SELF_ISSUER, issuerOf } from './types.js';
export type {
  IssuingRight,
  KeyRotation,
  Passport,
  PassportAgent,
  PassportExtension,
  UnsignedPassport,
} from './types.js';
export { assertVerifiedPassport } from './verified-passport.js';
export { checkPassportValidity } from './validity.js';
export type { ValidityOptions } from './validity.js';
export type { ChainElement, PassportFacts, Standing, VerifiedPassport } from './verified-passport.js';
export { verifyRotation } from './verify-rotation.js';
export type { VerifyRotationOptions } from './verify-rotation.js';
export { verifyRotationProof } from './verify-rotation-proof.js';
export type { VerifiedRotationProof, VerifyRotationProofOptions } from './verify-rotation-proof.js';
export { verifyPassport } from './verify.js';
export { verifyPassportSignatureWithKey } from './verify-signature.js';
export type { VerifyPassportOptions } from './verify.js';
