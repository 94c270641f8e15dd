export { createTrustAnchorsSync } from './node/anchors.js';
export {
  createTranscriptBindingSync,
  signModelSync,
  signToolDefinitionSync,
  signToolSync,
  toolDefinitionHashSync,
  verifyModelSync,
  verifyToolDefinitionSync,
  verifyToolSync,
  verifyTranscriptBindingSync,
} from './node/artefacts.js';
export { compressBits } from './node/compress-bits.js';
export { signMessageSync, verifyMessageWithKeySync } from './node/envelope.js';
export { appendLeavesSync, leafHashSync, rootHashSync } from './node/log.js';
export { hashModelFile, verifyModelFile } from './node/model-file.js';
export type { HashModelFileOptions, HashProgress } from './node/model-file.js';
export {
  issuePassportSync,
  signPassportSync,
  verifyPassportSignatureWithKeySync,
  verifyPassportSync,
} from './node/passport.js';
export { runSync } from './node/run-sync.js';
