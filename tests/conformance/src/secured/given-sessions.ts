import { randomUUID } from 'node:crypto';
import type { FetchHandler } from '../http/serve.js';

const name = 'mcp-session-id';

/**
 * A secured hop keeps a session with each client, and knows it by its `Mcp-Session-Id`. Some servers of the suite give none: there the hop gives one itself, which the
 * server never hears of.
 */
export function givenSessions(handler: FetchHandler): FetchHandler {
  const given = new Set<string>();
  return async (request, options) => {
    const headers = new Headers(request.headers);
    if (given.has(headers.get(name) ?? '')) headers.delete(name);
    const asked: unknown = request.method === 'POST' ? await request.clone().json() : undefined;
    const response = await handler(new Request(request, { headers }), options);
    const begins = typeof asked === 'object' && asked !== null && 'method' in asked && asked.method === 'initialize';
    if (!begins || !response.ok || response.headers.has(name)) return response;
    const id = randomUUID();
    given.add(id);
    const named = new Response(response.body, response);
    named.headers.set(name, id);
    return named;
  };
}
