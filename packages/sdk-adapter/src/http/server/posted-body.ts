import { McpsError } from '@mcps/protocol';
import { isObject, member } from '../../json-object.js';
import { bodyKind } from '../body/json-response.js';
import { parseStrictly } from '../body/parse-json.js';
import { isIdentityEncoded, readBody } from '../body/read-body.js';
import type { HandlerExtra } from './handler.js';
import { unsignedError, unsignedRefusal } from './refusals.js';

/** The limits of what a client may post. */
export interface PostLimits {
  readonly maxBodyBytes: number;
  readonly batches: 'refuse' | 'verify';
  readonly maxBatchMessages: number;
}

/** What a client has posted: a message, or several where policy allows that; or what it is told in place of it. */
export type PostedBody =
  | { readonly type: 'message'; readonly message: unknown }
  | { readonly type: 'batch'; readonly messages: readonly unknown[] }
  | { readonly type: 'refused'; readonly response: Response };

const INVALID_REQUEST = -32600;
const PARSE_ERROR = -32700;

/** Reads the body of a POST as far as it can be read without believing any of it. Never rejects but for a body that breaks off. */
export async function readPosted(
  request: Request,
  extra: HandlerExtra | undefined,
  limits: PostLimits,
): Promise<PostedBody> {
  if (bodyKind(request.headers) !== 'json')
    return refused(unsignedError(415, PARSE_ERROR, 'Unsupported media type: send application/json'));
  if (!isIdentityEncoded(request.headers))
    return refused(unsignedError(415, PARSE_ERROR, 'Unsupported content encoding'));
  try {
    return sorted(await valueOf(request, extra, limits), limits);
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    return refused(unsignedRefusal(error.reason === 'message_too_large' ? 413 : 400, error));
  }
}

/** The value that a framework has parsed already, or that of the bytes. */
async function valueOf(request: Request, extra: HandlerExtra | undefined, limits: PostLimits): Promise<unknown> {
  if (extra?.parsedBody !== undefined) return extra.parsedBody;
  return parseStrictly(await readBody(request, limits.maxBodyBytes), limits.maxBodyBytes);
}

function sorted(value: unknown, { batches, maxBatchMessages }: PostLimits): PostedBody {
  if (!Array.isArray(value)) return { type: 'message', message: value };
  const messages = value as readonly unknown[];
  // Counted before anything is verified: each costs a signature.
  if (batches === 'refuse' || messages.length === 0 || messages.length > maxBatchMessages)
    return refused(unsignedError(400, INVALID_REQUEST, 'Send one message in each request'));
  if (messages.some((message) => isInitialize(message)))
    return refused(unsignedError(400, INVALID_REQUEST, 'A session begins with a request of its own'));
  return { type: 'batch', messages };
}

/** Whether a message asks for a session. Unverified: it decides which connection opens it, and nothing else. */
export function isInitialize(message: unknown): boolean {
  return isObject(message) && member(message, 'method') === 'initialize';
}

function refused(response: Response): PostedBody {
  return { type: 'refused', response };
}
