import { claimsModernEra, toRefusalObject } from '@mcps/protocol';
import type { JsonObject, McpsError } from '@mcps/protocol';
import { isObject } from '../../json-object.js';
import { jsonResponse } from '../body/json-response.js';
import { encodeFrame, messageFrame } from '../sse/encode-frame.js';

/** An answer to an HTTP request that no signed message can answer: it names no id that could be believed. */
export function unsignedRefusal(status: number, error: McpsError, headers?: Headers): Response {
  return jsonResponse({ jsonrpc: '2.0', error: toRefusalObject(error), id: null }, status, headers);
}

/** The same, with an error of JSON-RPC or of MCP itself. */
export function unsignedError(status: number, code: number, message: string): Response {
  return jsonResponse({ jsonrpc: '2.0', error: { code, message }, id: null }, status);
}

/** The status of a refused request: never 401, which would begin OAuth. Revisions before 2026-07-28 answer errors of JSON-RPC with 200. */
export function refusalStatus(received: unknown): 200 | 400 {
  return isObject(received) && claimsModernEra(received) ? 400 : 200;
}

/** A response that holds signed answers, as JSON, or as an event stream where the client takes nothing else. */
export function signedResponse(
  request: Request,
  answers: JsonObject | readonly JsonObject[],
  status: number,
): Response {
  if (acceptsJson(request)) return jsonResponse(answers, status);
  const messages: readonly unknown[] = Array.isArray(answers) ? answers : [answers];
  const frames = messages.map((message) => encodeFrame(messageFrame(JSON.stringify(message))));
  return new Response(new Blob(frames as BlobPart[]), { status, headers: { 'content-type': 'text/event-stream' } });
}

function acceptsJson(request: Request): boolean {
  const accept = request.headers.get('accept');
  return accept === null || /application\/(json|\*)|\*\/\*/i.test(accept);
}
