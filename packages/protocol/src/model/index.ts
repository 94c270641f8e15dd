export { signModel, signModelSteps } from './sign-model.js';
export type { SignModelOptions } from './sign-model.js';
export type { ModelFacts, ModelMetadata, ModelSignerKeys, SignedModel, VerifiedModel } from './types.js';
export { verifyModel, verifyModelSteps } from './verify-model.js';
export type { VerifyModelOptions } from './verify-model.js';
