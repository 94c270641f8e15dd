import { parseJson } from '@mcps/crypto';
import type { JsonValue } from '@mcps/crypto';
import type { z } from '@hono/zod-openapi';
import { AuthorityError } from '../error.js';
import { HttpProblem } from './problem.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i;
const JSON_LIMITS = { maxDepth: 64, maxKeys: 200_000 };

/**
 * Reads a body as strict JSON: a name twice in an object is refused, as two readers could take it for different values.
 *
 * Throws `HttpProblem`.
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<JsonValue> {
  if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) throw new HttpProblem('media_type_unsupported');
  const bytes = await readBody(request, maxBytes);
  try {
    return parseJson(bytes, { ...JSON_LIMITS, maxBytes });
  } catch {
    throw new HttpProblem('body_malformed');
  }
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new HttpProblem('body_too_large', `A body has at most ${maxBytes} bytes here.`);
  // Before anything is read; what is declared may be false, so that what is read is counted all the same.
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(() => {
      // The client went away, or kept us waiting for too long.
      throw new HttpProblem('body_malformed');
    });
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks, length);
}

/** Checks a value against a schema. Throws `AuthorityError` `request_invalid`, naming the member. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const [issue] = outcome.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String);
  throw invalidRequest(path.join('.'));
}

/** A query as single values: a name twice is refused. */
export function queryOf(url: string): Record<string, string> {
  const start = url.indexOf('?');
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  if (start === -1) return values;
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (name in values) throw invalidRequest(name);
    values[name] = value;
  }
  return values;
}

/** Names the member only where its name is one that could be ours: the rest is the sender's text. */
function invalidRequest(member: string): AuthorityError {
  const isNameable = /^[\w.-]{1,128}$/.test(member);
  return new AuthorityError(
    'request_invalid',
    isNameable
      ? `"${member}" is missing, not expected, or not as it should be.`
      : 'The request is not as it should be.',
    isNameable ? { member } : {},
  );
}
