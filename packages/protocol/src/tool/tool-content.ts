import { CryptoError, canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member, snapshot, withMember, withoutMember } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { TOOL_SIGNATURE_KEY } from './types.js';

/**
 * What a tool's signature covers: all of the tool but the signature. A `_meta` that held nothing else is left out as well, so that signing a tool that
 * has none leaves no trace. `_meta: {}` and no `_meta` say the same, and have the same hash.
 */
function toolContent(tool: JsonObject): JsonObject {
  const meta = member(tool, '_meta');
  if (meta === undefined) return tool;
  if (!isObject(meta)) throw new McpsError('tool_malformed');
  const rest = withoutMember(meta, TOOL_SIGNATURE_KEY);
  return Object.keys(rest).length === 0 ? withoutMember(tool, '_meta') : withMember(tool, '_meta', rest);
}

/** The bytes that a tool is hashed as. Throws `McpsError` `tool_malformed` for what has no RFC 8785 form, and for a tool without a name. */
export function toolBytes(tool: JsonObject): Uint8Array {
  const name = member(tool, 'name');
  if (typeof name !== 'string' || name === '') throw new McpsError('tool_malformed');
  return canonicalTool(toolContent(tool));
}

/** RFC 8785 bytes. Throws `McpsError` `tool_malformed`. */
export function canonicalTool(value: JsonObject): Uint8Array {
  try {
    return canonicalizeToBytes(value);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('tool_malformed', {}, { cause: error });
  }
}

/** A copy that nobody else can change. Throws `McpsError` `tool_malformed` for what is no plain data or beyond every limit. */
export function copyOfTool(tool: JsonObject): JsonObject {
  try {
    const copy = snapshot(tool);
    if (isObject(copy)) return copy;
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    throw new McpsError('tool_malformed', {}, { cause: error });
  }
  throw new McpsError('tool_malformed');
}
