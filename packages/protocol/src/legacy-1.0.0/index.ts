/**
 * The format that came before 1.0 and calls itself "1.0.0". It is here so that its messages, passports and tools can be read and written by callers
 * who ask for it by name; nothing else in this package uses it or accepts what it verifies.
 */
export {
  LEGACY_VERSION,
  signLegacyMessage,
  signLegacyMessageSteps,
  verifyLegacyMessageSteps,
  verifyLegacyMessageWithKey,
} from './message.js';
export type {
  LegacyEnvelope,
  LegacyVerifiedMessage,
  SignLegacyMessageOptions,
  VerifyLegacyMessageOptions,
} from './message.js';
export {
  signLegacyPassport,
  signLegacyPassportSteps,
  verifyLegacyPassport,
  verifyLegacyPassportSteps,
} from './passport.js';
export type { LegacyPassport, LegacyVerifiedPassport, VerifyLegacyPassportOptions } from './passport.js';
export type { LegacyDocument } from './read-document.js';
export { signLegacyTool, signLegacyToolSteps, verifyLegacyTool, verifyLegacyToolSteps } from './tool.js';
export type { LegacyToolDefinition } from './tool.js';
