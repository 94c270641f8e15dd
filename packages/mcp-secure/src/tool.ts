import { canonicalize } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { ConfigurationError, McpsError, signToolDefinition } from '@mcps/protocol';
import type { JsonObject, ToolDefinitionSignature } from '@mcps/protocol';
import { signToolDefinitionSync, toolDefinitionHashSync, verifyToolDefinitionSync } from '@mcps/protocol/node';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf, signWith } from './keys.js';
import type { PrivateKeyInput, PublicKeyInput } from './keys.js';
import { refusalOf } from './refusal.js';
import type { Refusal } from './refusal.js';

/** What {@link signTool} returns. */
export interface ToolSignatureResult {
  /** Standard base64 of the 64 bytes `r‖s`. */
  readonly signature: string;
  /** Lower-case hex SHA-256 of what was signed: pin it. */
  readonly tool_hash: string;
}

interface ToolHashes {
  /** Lower-case hex; `null` for a tool that has none. */
  readonly tool_hash: string | null;
  /** Whether it is another than the pinned one. False where nothing is pinned. */
  readonly hash_changed: boolean;
}

/** What {@link verifyTool} returns. */
export type ToolVerdict =
  | (ToolHashes & { readonly valid: true; readonly tool_hash: string; readonly error: null })
  | (ToolHashes & { readonly valid: false } & Refusal);

/** Whom a tool's signature is bound to. */
export interface SignToolOptions {
  /** The origin that the tool is served from; signed along. */
  readonly authorOrigin?: string | null;
}

/** What else a tool is compared with. */
export interface VerifyToolOptions extends SignToolOptions {
  /** The `tool_hash` of an earlier verification. */
  readonly pinnedHash?: string | null;
}

/**
 * Signs a tool, published MCPS 1.0: its name, description and inputSchema, and the author's origin where one is given. Nothing else of the tool is covered:
 * `signTool` of `@mcps/protocol` covers all of it. With an external signer a promise.
 *
 * Throws `McpsError` `tool_malformed`, `ConfigurationError` for an origin that is no text and for a missing key, `CryptoError` for a key that is none.
 */
export function signTool(
  tool: object,
  privateKey: PrivateKeyInput,
  authorOrigin?: string | SignToolOptions | null,
): ToolSignatureResult;
export function signTool(
  tool: object,
  signer: Signer,
  authorOrigin?: string | SignToolOptions | null,
): Promise<ToolSignatureResult>;
export function signTool(
  tool: object,
  key: PrivateKeyInput | Signer,
  authorOrigin?: string | SignToolOptions | null,
): ToolSignatureResult | Promise<ToolSignatureResult>;
export function signTool(
  tool: object,
  key: PrivateKeyInput | Signer,
  authorOrigin?: string | SignToolOptions | null,
): ToolSignatureResult | Promise<ToolSignatureResult> {
  const options = originOf(isOptions(authorOrigin) ? authorOrigin.authorOrigin : authorOrigin);
  return signWith(
    key,
    (local) => resultOf(signToolDefinitionSync(tool as JsonObject, local, options)),
    async (signer) => resultOf(await signToolDefinition(tool as JsonObject, signer, options)),
  );
}

/**
 * Verifies a tool's signature with its author's key. Never throws. Takes the signature's text, or the object that {@link signTool} returned.
 *
 * `valid` says whether the author has signed this name, description and inputSchema, for this origin; `hash_changed` whether they differ from what was pinned. An
 * author may sign a change too: whoever has a pin asks for both. Where it is not valid, `error` is MCPS-008.
 */
export function verifyTool(
  tool: unknown,
  signature: string | { readonly signature: string } | null | undefined,
  publicKey: PublicKeyInput,
  pinnedHash?: string | VerifyToolOptions | null,
  authorOrigin?: string | null,
): ToolVerdict {
  let hashes: ToolHashes = { tool_hash: null, hash_changed: false };
  try {
    const pin = isOptions(pinnedHash) ? pinnedHash.pinnedHash : pinnedHash;
    const isPinned = pin !== undefined && pin !== null;
    hashes = { tool_hash: null, hash_changed: isPinned };
    const options = originOf(isOptions(pinnedHash) ? pinnedHash.authorOrigin : authorOrigin);
    const copy = signedPartOf(tool);
    const toolHash = toolDefinitionHashSync(copy, options);
    hashes = { tool_hash: toolHash, hash_changed: isPinned && toolHash !== pin };
    verifyToolDefinitionSync(copy, textOf(signature), publicKeyOf(publicKey), options);
    return { valid: true, tool_hash: toolHash, hash_changed: hashes.hash_changed, error: null };
  } catch (cause) {
    return { valid: false, ...hashes, ...refusalOf(cause, ERROR_CODES.TOOL_INTEGRITY_FAILED) };
  }
}

function isOptions<T extends object>(value: T | string | null | undefined): value is T {
  return typeof value === 'object' && value !== null;
}

function originOf(authorOrigin: string | null | undefined): { authorOrigin?: string } {
  if (authorOrigin === undefined || authorOrigin === null) return {};
  if (typeof authorOrigin !== 'string') {
    throw new ConfigurationError('option_invalid', "The author's origin must be a text.");
  }
  return { authorOrigin };
}

function resultOf({ signature, toolHash }: ToolDefinitionSignature): ToolSignatureResult {
  return { signature, tool_hash: toolHash };
}

function textOf(signature: unknown): string {
  const text: unknown =
    typeof signature === 'object' && signature !== null ? Reflect.get(signature, 'signature') : signature;
  return typeof text === 'string' ? text : '';
}

/** A copy of what the signature covers: no getter or proxy changes it between its hash and its signature. */
function signedPartOf(tool: unknown): JsonObject {
  if (typeof tool !== 'object' || tool === null) throw new McpsError('tool_malformed');
  const part: Record<string, unknown> = {};
  for (const name of ['name', 'description', 'inputSchema']) {
    const value: unknown = Object.hasOwn(tool, name) ? Reflect.get(tool, name) : undefined;
    if (value !== undefined) part[name] = value;
  }
  return JSON.parse(canonicalize(part)) as JsonObject;
}
