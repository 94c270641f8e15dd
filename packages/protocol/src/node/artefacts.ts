import type { PrivateKey, PublicKey } from '@mcps/crypto';
import type { JsonObject } from '../json-rpc/index.js';
import { signModelSteps, verifyModelSteps } from '../model/index.js';
import type {
  ModelMetadata,
  SignModelOptions,
  SignedModel,
  VerifiedModel,
  VerifyModelOptions,
} from '../model/index.js';
import type { Binding } from '../profile/index.js';
import {
  signToolDefinitionSteps,
  signToolSteps,
  toolDefinitionHashSteps,
  verifyToolDefinitionSteps,
  verifyToolSteps,
} from '../tool/index.js';
import type {
  SignToolOptions,
  ToolDefinitionSignature,
  VerifiedTool,
  VerifyToolDefinitionOptions,
} from '../tool/index.js';
import { createTranscriptBindingSteps, verifyTranscriptBindingSteps } from '../transcript/index.js';
import { runSync } from './run-sync.js';

/** `signTool` without a promise. A key that lives elsewhere is refused: `ConfigurationError` `option_unsupported`. */
export function signToolSync(tool: JsonObject, options: SignToolOptions): JsonObject {
  return runSync(signToolSteps(tool, options));
}

/** `verifyTool` without a promise, for a key that has been found already; `undefined` is a signer whom nobody trusts. */
export function verifyToolSync(tool: JsonObject, publicKey: PublicKey | undefined): VerifiedTool {
  return runSync(verifyToolSteps(tool, publicKey));
}

/** `signToolDefinition` without a promise. */
export function signToolDefinitionSync(
  tool: JsonObject,
  key: PrivateKey,
  options: { readonly authorOrigin?: string } = {},
): ToolDefinitionSignature {
  return runSync(signToolDefinitionSteps(tool, key, options));
}

/** `verifyToolDefinition` without a promise. */
export function verifyToolDefinitionSync(
  tool: JsonObject,
  signature: string,
  publicKey: PublicKey,
  options: VerifyToolDefinitionOptions = {},
): { readonly toolHash: string; readonly hashChanged: boolean } {
  return runSync(verifyToolDefinitionSteps(tool, signature, publicKey, options));
}

/** `toolDefinitionHash` without a promise. */
export function toolDefinitionHashSync(tool: JsonObject, options: { readonly authorOrigin?: string } = {}): string {
  return runSync(toolDefinitionHashSteps(tool, options));
}

/** `signModel` without a promise. A key that lives elsewhere is refused: `ConfigurationError` `option_unsupported`. */
export function signModelSync(metadata: ModelMetadata, options: SignModelOptions): SignedModel {
  return runSync(signModelSteps(metadata, options));
}

/** `verifyModel` without a promise, for a key that has been found already; `undefined` is a signer whom nobody trusts. */
export function verifyModelSync(
  signed: unknown,
  publicKey: PublicKey | undefined,
  options: VerifyModelOptions = {},
): VerifiedModel {
  return runSync(verifyModelSteps(signed, publicKey, options));
}

/** `createTranscriptBinding` without a promise. */
export function createTranscriptBindingSync(
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
  key: PrivateKey,
): Binding {
  return runSync(createTranscriptBindingSteps(clientInitParams, serverInitResult, key));
}

/** `verifyTranscriptBinding` without a promise. */
export function verifyTranscriptBindingSync(
  binding: Binding,
  publicKey: PublicKey,
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
): void {
  runSync(verifyTranscriptBindingSteps(binding, publicKey, clientInitParams, serverInitResult));
}
