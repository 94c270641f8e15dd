export { MemoryToolPinStore, pinTool } from './pin-store.js';
export type { MemoryToolPinStoreOptions, ToolPin, ToolPinStore } from './pin-store.js';
export { signTool, signToolSteps } from './sign-tool.js';
export type { SignToolOptions } from './sign-tool.js';
export {
  signToolDefinition,
  signToolDefinitionSteps,
  toolDefinitionHash,
  toolDefinitionHashSteps,
  verifyToolDefinition,
  verifyToolDefinitionSteps,
} from './tool-definition.js';
export type { ToolDefinitionSignature, VerifyToolDefinitionOptions } from './tool-definition.js';
export { ToolRegistry } from './tool-registry.js';
export type { ToolCollision, ToolCollisionKind, ToolRegistryOptions } from './tool-registry.js';
export { skeletonOf } from './skeleton.js';
export { TOOL_SIGNATURE_KEY } from './types.js';
export type { ToolFacts, ToolSignature, ToolSignerKeys, VerifiedTool } from './types.js';
export { verifyTool, verifyToolSteps } from './verify-tool.js';
