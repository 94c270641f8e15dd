import { MAX_TOOLSET_PAGES, MAX_TOOLSET_TOOLS, McpsError } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { isObject, member } from '../json-object.js';

/** A page of a listing: its tools, and the cursor of the next one. */
export interface ListPage {
  readonly tools: readonly JsonObject[];
  readonly nextCursor: string | undefined;
}

/** The page in a `tools/list` result; `undefined` for a result of another shape. */
export function pageOf(result: unknown): ListPage | undefined {
  if (!isObject(result)) return undefined;
  const tools = member(result, 'tools');
  const nextCursor = member(result, 'nextCursor');
  if (!Array.isArray(tools) || !tools.every(isObject)) return undefined;
  if (nextCursor !== undefined && (typeof nextCursor !== 'string' || nextCursor === '')) return undefined;
  return { tools, nextCursor };
}

/** The cursor that a `tools/list` asks with; `undefined` for the first page. */
export function cursorOf(request: JsonObject): string | undefined {
  const params = member(request, 'params');
  const cursor = isObject(params) ? member(params, 'cursor') : undefined;
  return typeof cursor === 'string' ? cursor : undefined;
}

/** A whole list, and the cursors that lead through it. */
export interface WholeList {
  readonly tools: readonly JsonObject[];
  readonly cursors: readonly string[];
}

/**
 * Lists all pages.
 *
 * @param first where it is at hand already.
 * @throws McpsError `tool_malformed` for a page of another shape, `connection_limit` for a list without an end; and what `ask` rejects with.
 */
export async function listAll(
  first: ListPage | undefined,
  ask: (cursor: string | undefined) => Promise<JsonObject>,
): Promise<WholeList> {
  const tools: JsonObject[] = [];
  const cursors: string[] = [];
  let page = first ?? (await askFor(undefined, ask));
  for (;;) {
    tools.push(...page.tools);
    if (page.nextCursor === undefined) return { tools, cursors };
    cursors.push(page.nextCursor);
    if (cursors.length >= MAX_TOOLSET_PAGES || tools.length > MAX_TOOLSET_TOOLS)
      throw new McpsError('connection_limit');
    page = await askFor(page.nextCursor, ask);
  }
}

async function askFor(
  cursor: string | undefined,
  ask: (cursor: string | undefined) => Promise<JsonObject>,
): Promise<ListPage> {
  const page = pageOf(member(await ask(cursor), 'result'));
  if (page === undefined) throw new McpsError('tool_malformed');
  return page;
}
