import { TOOL_SIGNATURE_KEY } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { isObject, member } from '../json-object.js';

/** Whether a tool carries a signature, valid or not. */
export function hasToolSignature(tool: JsonObject): boolean {
  const meta = member(tool, '_meta');
  return isObject(meta) && Object.hasOwn(meta, TOOL_SIGNATURE_KEY);
}
