import { decodeBase64, decodeUtf8 } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import { isObject, member } from '../json-object.js';

/** Which member of `params` the `Mcp-Name` header repeats, by method. */
const NAME_SOURCES: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

const VERSION_MEMBER = 'io.modelcontextprotocol/protocolVersion';
const PARAMETER_PREFIX = 'mcp-param-';
const SENTINEL = /^=\?base64\?(.*)\?=$/s;

/**
 * The first header that says something else than the signed body, by its name; `undefined` where none does. Headers are not signed: whatever routes, filters
 * or logs by them must be shown what the server will carry out. A header that is missing contradicts nothing; which are required is for the layer below to say.
 *
 * Checked are `MCP-Protocol-Version` against the version in the body's own `_meta`, `Mcp-Method`, `Mcp-Name`, and every `Mcp-Param-*`: the tool's schema, which
 * says what argument such a header repeats, is not at hand here, so its value has to be that of some argument of the call.
 *
 * @param message the message as verified.
 */
export function contradictingHeader(headers: Headers, message: JsonObject): string | undefined {
  const method = member(message, 'method');
  const params = member(message, 'params');
  const holder = isObject(params) ? params : {};
  if (!agrees(headers, 'mcp-method', typeof method === 'string' ? method : undefined)) return 'Mcp-Method';
  const source = typeof method === 'string' ? NAME_SOURCES.get(method) : undefined;
  const name = source === undefined ? undefined : member(holder, source);
  if (!agrees(headers, 'mcp-name', typeof name === 'string' ? name : undefined)) return 'Mcp-Name';
  const version = versionIn(holder);
  if (version !== undefined && !agrees(headers, 'mcp-protocol-version', version)) return 'MCP-Protocol-Version';
  return contradictingParameter(headers, member(holder, 'arguments'));
}

/** The value of a header: what it says, or what its Base64 form stands for; `undefined` for a form that is none. */
export function decodeHeaderValue(value: string): string | undefined {
  const text = value.replace(/^[ \t]+|[ \t]+$/g, '');
  const encoded = SENTINEL.exec(text)?.[1];
  if (encoded === undefined) return text;
  try {
    return decodeUtf8(decodeBase64(encoded));
  } catch {
    return undefined;
  }
}

function agrees(headers: Headers, name: string, expected: string | undefined): boolean {
  const value = headers.get(name);
  return value === null || (expected !== undefined && decodeHeaderValue(value) === expected);
}

function versionIn(params: JsonObject): string | undefined {
  const meta = member(params, '_meta');
  const version = isObject(meta) ? member(meta, VERSION_MEMBER) : undefined;
  return typeof version === 'string' ? version : undefined;
}

function contradictingParameter(headers: Headers, args: unknown): string | undefined {
  let values: ReadonlySet<string> | undefined;
  for (const [name, value] of headers) {
    if (!name.startsWith(PARAMETER_PREFIX)) continue;
    values ??= primitivesIn(args);
    const decoded = decodeHeaderValue(value);
    if (decoded === undefined || !(values.has(decoded) || values.has(numeric(decoded)))) return name;
  }
  return undefined;
}

/** A decimal is compared by its value: `42.0` and `42` are one number. */
function numeric(text: string): string {
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

/** The texts of every string, number and boolean inside the arguments. Their depth has been bounded where they were parsed. */
function primitivesIn(args: unknown): ReadonlySet<string> {
  const values = new Set<string>();
  const open: unknown[] = [args];
  while (open.length > 0) {
    const value = open.pop();
    if (isObject(value)) open.push(...Object.values(value));
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.add(String(value));
  }
  return values;
}
