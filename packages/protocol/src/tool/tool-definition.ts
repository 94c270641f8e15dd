import { decodeBase64, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { hasMember, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { canonicalTool } from './tool-content.js';

/** What signing in the published form returns. */
export interface ToolDefinitionSignature {
  /** Standard base64 of 64 bytes. */
  readonly signature: string;
  /** Lower-case hex SHA-256 of the signed bytes. */
  readonly toolHash: string;
}

/** How the published form of a tool is verified. */
export interface VerifyToolDefinitionOptions {
  /** The hash of an earlier verification, lower-case hex. */
  readonly pinnedHash?: string;
  /** The origin of the author that the signature must be bound to; without it, the signature must be bound to none. */
  readonly authorOrigin?: string;
}

/**
 * Signs a tool in the form of published MCPS 1.0: over name, description, inputSchema and the author's origin, and nothing else. Whatever else the tool has
 * (title, annotations, outputSchema, …) may be changed without breaking it: prefer `signTool`.
 *
 * Throws `McpsError` `tool_malformed` for a tool without a name or description, or without an RFC 8785 form.
 */
export function signToolDefinition(
  tool: JsonObject,
  key: PrivateKey | Signer,
  options: { readonly authorOrigin?: string } = {},
): Promise<ToolDefinitionSignature> {
  return runAsync(signToolDefinitionSteps(tool, key, options));
}

/** {@link signToolDefinition} as a procedure. */
export function* signToolDefinitionSteps(
  tool: JsonObject,
  key: PrivateKey | Signer,
  options: { readonly authorOrigin?: string } = {},
): Procedure<ToolDefinitionSignature> {
  const bytes = definitionBytes(tool, options.authorOrigin);
  const toolHash = yield* hashHex(bytes);
  return { signature: encodeBase64(yield* signBytes(key, bytes)), toolHash };
}

/**
 * Verifies a signature in the form of published MCPS 1.0. On return the holder of the key has signed this name, description and inputSchema;
 * `hashChanged` says whether they differ from what was pinned.
 *
 * Throws `McpsError`: `tool_malformed`, `tool_signature_malformed`, `tool_signature_invalid`.
 */
export function verifyToolDefinition(
  tool: JsonObject,
  signature: string,
  publicKey: PublicKey,
  options: VerifyToolDefinitionOptions = {},
): Promise<{ readonly toolHash: string; readonly hashChanged: boolean }> {
  return runAsync(verifyToolDefinitionSteps(tool, signature, publicKey, options));
}

/** {@link verifyToolDefinition} as a procedure. */
export function* verifyToolDefinitionSteps(
  tool: JsonObject,
  signature: string,
  publicKey: PublicKey,
  options: VerifyToolDefinitionOptions = {},
): Procedure<{ readonly toolHash: string; readonly hashChanged: boolean }> {
  const bytes = definitionBytes(tool, options.authorOrigin);
  const raw = signatureBytes(signature);
  if (!(yield* verifyBytes(publicKey, bytes, raw))) throw new McpsError('tool_signature_invalid');
  const toolHash = yield* hashHex(bytes);
  return { toolHash, hashChanged: options.pinnedHash !== undefined && options.pinnedHash !== toolHash };
}

/**
 * The hash of what the published form signs of a tool, lower-case hex: what verification returns and callers pin. Nothing is verified.
 *
 * Throws `McpsError` `tool_malformed`.
 */
export function toolDefinitionHash(
  tool: JsonObject,
  options: { readonly authorOrigin?: string } = {},
): Promise<string> {
  return runAsync(toolDefinitionHashSteps(tool, options));
}

/** {@link toolDefinitionHash} as a procedure. */
export function* toolDefinitionHashSteps(
  tool: JsonObject,
  options: { readonly authorOrigin?: string } = {},
): Procedure<string> {
  return yield* hashHex(definitionBytes(tool, options.authorOrigin));
}

function definitionBytes(tool: JsonObject, authorOrigin: string | undefined): Uint8Array {
  const name = member(tool, 'name');
  const description = member(tool, 'description');
  if (typeof name !== 'string' || typeof description !== 'string') throw new McpsError('tool_malformed');
  return canonicalTool({
    author_origin: authorOrigin ?? null,
    description,
    // Absent is signed as {}, and null as null: the published form tells them apart.
    inputSchema: hasMember(tool, 'inputSchema') ? member(tool, 'inputSchema') : {},
    name,
  });
}

function signatureBytes(signature: string): Uint8Array {
  try {
    const raw = decodeBase64(signature);
    if (raw.length === 64) return raw;
  } catch {
    // Told below, as any other shape.
  }
  throw new McpsError('tool_signature_malformed');
}
