export {
  createTranscriptBinding,
  createTranscriptBindingSteps,
  verifyTranscriptBinding,
  verifyTranscriptBindingSteps,
} from './published-binding.js';
export {
  signSessionBinding,
  signSessionBindingSteps,
  transcriptHash,
  transcriptHashSteps,
  verifySessionBinding,
  verifySessionBindingSteps,
} from './session-binding.js';
export type { SessionBinding } from './session-binding.js';
