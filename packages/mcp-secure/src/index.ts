export { canonicalize as canonicalJSON } from '@mcps/crypto';
export { checkRevocation } from './check-revocation.js';
export type { RevocationResult } from './check-revocation.js';
export {
  MAX_CAPABILITIES,
  MAX_ISSUER_CHAIN_DEPTH,
  MAX_PASSPORT_BYTES,
  MCPS_VERSION,
  SUPPORTED_VERSIONS,
  TRUST_LEVELS,
} from './constants.js';
export { ERROR_CODES } from './error-codes.js';
export type { McpsErrorCode } from './error-codes.js';
export { createExternalSigner, derToP1363 } from './external-signer.js';
export type { ExternalSignerOptions, SignFunction } from './external-signer.js';
export { generateKeyPair, publicKeyToJWK } from './keys.js';
export type { KeyPairPem, PrivateKeyInput, PublicKeyInput } from './keys.js';
export { signMessage, verifyMessage } from './message.js';
export type { ChannelOptions, EnvelopeMember, SignedEnvelope, VerifyMessageOptions } from './message.js';
export { hashModelFile, signModel, verifyModel } from './model.js';
export type { ModelVerdict } from './model.js';
export { NonceStore } from './nonce-store.js';
export {
  createPassport,
  isPassportExpired,
  signPassport,
  validatePassportFormat,
  verifyPassportSignature,
} from './passport.js';
export type { CreatePassportOptions, PassportObject } from './passport.js';
export { getEffectiveTrustLevel, validateOrigin, verifyIssuerChain } from './passport-trust.js';
export type { ChainOptions, ChainVerdict, TrustStore } from './passport-trust.js';
export type { Refusal, Verdict } from './refusal.js';
export { signTool, verifyTool } from './tool.js';
export type { SignToolOptions, ToolSignatureResult, ToolVerdict, VerifyToolOptions } from './tool.js';
export {
  createTranscriptBinding,
  createTranscriptMAC,
  verifyTranscriptBinding,
  verifyTranscriptMAC,
} from './transcript.js';
export type { TranscriptBinding } from './transcript.js';
export { negotiateVersion } from './version.js';
export { secureMCP } from './secure-mcp/secure-mcp.js';
export type { AuditEntry, MessageHandler, MessageServerOptions, SecuredMessages } from './secure-mcp/secure-mcp.js';
export { secureMCPClient } from './secure-mcp/secure-mcp-client.js';
export type {
  MessageClientOptions,
  MessageSender,
  MessageVerdict,
  SecuredMessageClient,
} from './secure-mcp/secure-mcp-client.js';
export type { OfficialObject, OfficialOptions } from './secure-mcp/official.js';
