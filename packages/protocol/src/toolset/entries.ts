import { canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { copyOfTool, toolBytes } from '../tool/tool-content.js';
import type { ToolsetEntry } from './types.js';

/**
 * What the root says of each of these tools, hashed from the tools themselves and not taken from the signatures that they carry. Throws `McpsError`
 * `tool_malformed`.
 */
export function* entriesOf(tools: readonly unknown[]): Procedure<readonly ToolsetEntry[]> {
  const entries: ToolsetEntry[] = [];
  for (const tool of tools) {
    if (!isObject(tool)) throw new McpsError('tool_malformed');
    const copy = copyOfTool(tool);
    const tool_hash = yield* hashHex(toolBytes(copy));
    entries.push(Object.freeze({ name: String(member(copy, 'name')), tool_hash }));
  }
  return entries;
}

/** The root of a list, lower-case hex. */
export function* rootOf(entries: readonly ToolsetEntry[]): Procedure<string> {
  const list = entries.map(({ name, tool_hash }) => ({ name, tool_hash }));
  return yield* hashHex(canonicalizeToBytes(list));
}

/** The root of a whole list of tools, lower-case hex: two lists have the same one where they are the same. Throws `McpsError` `tool_malformed`. */
export function toolsetRoot(tools: readonly JsonObject[]): Promise<string> {
  return runAsync(rootOfTools(tools));
}

function* rootOfTools(tools: readonly JsonObject[]): Procedure<string> {
  return yield* rootOf(yield* entriesOf(tools));
}
