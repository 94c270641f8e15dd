import type { SecureOptions } from '@mcps/sdk-adapter';
import { secureFetch } from '@mcps/sdk-adapter/http';
import type { RequestHandler, SecureFetch } from '@mcps/sdk-adapter/http';
import { plainUpstream } from './plain-upstream.js';

const SESSION_HEADER = 'mcp-session-id';

/** More sessions than any number of local clients keeps. */
const MAX_SESSIONS = 1_000;

/** A handler that asks a secured server, and what ends its connections. */
export interface SecuredUpstream {
  readonly handle: RequestHandler;
  close(): void;
}

/**
 * A handler that takes plain MCP over Streamable HTTP, and speaks MCPS with a server. Each session of a client has a connection of its own; one more serves what
 * belongs to no session. A full house refuses new sessions (503) and forgets none.
 */
export function securedUpstream(
  to: URL,
  headers: Readonly<Record<string, string>>,
  options: SecureOptions,
  onFault: (error: Error) => void,
): SecuredUpstream {
  const open = (): SecureFetch =>
    secureFetch((input, init) => fetch(input, withHeaders(init, headers)), {
      ...options,
      endpoint: to.href,
      onError: onFault,
    });
  const ask = (secured: SecureFetch, request: Request): Promise<Response> =>
    plainUpstream(to, onFault, secured)(request);
  /** Serves what belongs to no session: once a server has turned out to keep none, with what its first answer told of it. */
  let outside = open();
  let keepsNone = false;
  const sessions = new Map<string, SecureFetch>();
  let beginning = 0;

  async function begin(request: Request): Promise<Response> {
    if (sessions.size + beginning >= MAX_SESSIONS) return new Response(null, { status: 503 });
    beginning += 1;
    const fresh = open();
    try {
      const response = await ask(fresh, request);
      const id = response.headers.get(SESSION_HEADER);
      if (id !== null) {
        sessions.set(id, fresh);
        return response;
      }
      if (keepsNone || !response.ok) return closingWith(response, () => fresh.close());
      keepsNone = true;
      outside.close();
      outside = fresh;
      return response;
    } catch (error) {
      fresh.close();
      throw error;
    } finally {
      beginning -= 1;
    }
  }

  return {
    handle: async (request) => {
      const id = request.headers.get(SESSION_HEADER);
      if (id === null) return (await asksForSession(request)) ? begin(request) : ask(outside, request);
      const session = sessions.get(id);
      if (session === undefined) return new Response(null, { status: 404 });
      const response = await ask(session, request);
      const isOver = response.status === 404 || (request.method === 'DELETE' && response.ok);
      if (isOver && sessions.delete(id)) session.close();
      return response;
    },
    close: () => {
      for (const secured of [outside, ...sessions.values()]) secured.close();
      sessions.clear();
    },
  };
}

/** The same response; `close` is called once its body has been read, or given up. */
function closingWith(response: Response, close: () => void): Response {
  if (response.body === null) {
    close();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read().catch((error: unknown) => {
          close();
          throw error;
        });
        if (!done) return controller.enqueue(value);
        controller.close();
        close();
      },
      cancel: async (reason) => {
        close();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}

/** What cannot be read asks for nothing, and is refused further on. */
async function asksForSession(request: Request): Promise<boolean> {
  if (request.method !== 'POST') return false;
  try {
    const message: unknown = await request.clone().json();
    return typeof message === 'object' && message !== null && 'method' in message && message.method === 'initialize';
  } catch {
    return false;
  }
}

function withHeaders(init: RequestInit | undefined, headers: Readonly<Record<string, string>>): RequestInit {
  const all = new Headers(init?.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return { ...init, headers: all };
}
