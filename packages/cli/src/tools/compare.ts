import { canonicalize } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import { isObject } from '../files/read-input.js';
import { nameOf } from './read-tools.js';
import { unsignedTool } from './tool-hash.js';

/** What is different between two states of a list of tools. */
export interface ToolChange {
  readonly tool: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a changed tool: where, as JSON Pointers (RFC 6901), with both values; a value that is not there is left out. */
  readonly members: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
}

/** Compares tools by name; signatures do not count. */
export function compareTools(before: readonly JsonObject[], after: readonly JsonObject[]): readonly ToolChange[] {
  const old = new Map(before.map((tool) => [nameOf(tool), unsignedTool(tool)]));
  const next = new Map(after.map((tool) => [nameOf(tool), unsignedTool(tool)]));
  const changes: ToolChange[] = [];
  for (const [tool, definition] of next) {
    const earlier = old.get(tool);
    if (earlier === undefined) {
      changes.push({ tool, change: 'added', members: [] });
      continue;
    }
    const members = [...differences(earlier, definition, '')];
    if (members.length > 0) changes.push({ tool, change: 'changed', members });
  }
  for (const tool of old.keys()) if (!next.has(tool)) changes.push({ tool, change: 'removed', members: [] });
  return changes;
}

function* differences(before: unknown, after: unknown, path: string): Generator<ToolChange['members'][number]> {
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const member = `${path}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;
      if (!Object.hasOwn(before, name)) yield { path: member, after: after[name] };
      else if (!Object.hasOwn(after, name)) yield { path: member, before: before[name] };
      else yield* differences(before[name], after[name], member);
    }
    return;
  }
  if (canonicalize(before) !== canonicalize(after)) yield { path, before, after };
}
