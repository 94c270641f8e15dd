import { encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { contextBytes } from '../signing-context/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { canonicalTool, copyOfTool, toolBytes } from './tool-content.js';
import { TOOL_SIGNATURE_KEY } from './types.js';
import type { ToolSignature } from './types.js';

/** Who signs a tool, and when. */
export interface SignToolOptions {
  readonly passportId: string;
  readonly key: PrivateKey | Signer;
  readonly clock?: Clock;
}

/**
 * Signs a tool definition, all of it: title, annotations, schemas, icons, `_meta` and what later revisions add. Members whose
 * value is `undefined` are dropped, as they have no form in JSON. Returns a copy that carries the signature in
 * `_meta['dev.mcps/signature']`; one that was there is replaced.
 *
 * Throws `McpsError` `tool_malformed` for a tool without a name or without an RFC 8785 form, and what the key throws.
 */
export function signTool(tool: JsonObject, options: SignToolOptions): Promise<JsonObject> {
  return runAsync(signToolSteps(tool, options));
}

/** {@link signTool} as a procedure. */
export function* signToolSteps(tool: JsonObject, options: SignToolOptions): Procedure<JsonObject> {
  const { passportId, key, clock = systemClock } = options;
  const copy = copyOfTool(tool);
  const signedAt = formatTimestamp(clock());
  const statement = { signed_by: passportId, signed_at: signedAt, tool_hash: yield* hashHex(toolBytes(copy)) };
  const signature = yield* signBytes(key, toolSignatureInput(statement));
  const signed: ToolSignature = { ...statement, signature: encodeBase64(signature) };
  const meta = member(copy, '_meta');
  return { ...copy, _meta: { ...(isObject(meta) ? meta : {}), [TOOL_SIGNATURE_KEY]: signed } };
}

/** The bytes that a tool's signature is over. Throws `McpsError` `tool_malformed` for text that is no Unicode. */
export function toolSignatureInput(statement: Omit<ToolSignature, 'signature'>): Uint8Array {
  const { signed_by, signed_at, tool_hash } = statement;
  return contextBytes('tool', canonicalTool({ signed_by, signed_at, tool_hash }));
}
