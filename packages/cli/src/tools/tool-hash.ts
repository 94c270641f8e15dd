import { generateKeyPair } from '@mcps/crypto';
import { TOOL_SIGNATURE_KEY, signTool } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { isObject } from '../files/read-input.js';

/**
 * The hash of a tool without its signature, as a signature would state it: lower-case hex SHA-256 of the RFC 8785 form. Found by signing a copy with a key that
 * nobody keeps, so that there is one definition of what belongs to a tool.
 *
 * @throws McpsError `tool_malformed`
 */
export async function toolHash(tool: JsonObject): Promise<string> {
  throwaway ??= generateKeyPair();
  const { privateKey: key } = await throwaway;
  const signed = await signTool(tool, { passportId: 'nobody', key });
  return String(signatureOf(signed)?.['tool_hash']);
}

let throwaway: ReturnType<typeof generateKeyPair> | undefined;

/** The signature that a tool carries; nothing in it is verified. */
export function signatureOf(tool: JsonObject): JsonObject | undefined {
  const meta = tool['_meta'];
  const signature = isObject(meta) ? meta[TOOL_SIGNATURE_KEY] : undefined;
  return isObject(signature) ? signature : undefined;
}

/** A tool without its signature. */
export function unsignedTool(tool: JsonObject): JsonObject {
  const meta = tool['_meta'];
  if (!isObject(meta) || meta[TOOL_SIGNATURE_KEY] === undefined) return tool;
  const { [TOOL_SIGNATURE_KEY]: _signature, ...rest } = meta;
  const { _meta, ...bare } = tool;
  return Object.keys(rest).length === 0 ? bare : { ...bare, _meta: rest };
}
