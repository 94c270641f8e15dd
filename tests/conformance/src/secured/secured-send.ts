import { secureFetch } from '@mcps/sdk-adapter/http';
import type { SecureFetch, SecureFetchOptions } from '@mcps/sdk-adapter/http';

/** The client's end of a hop that many clients share. */
export interface SecuredSend {
  readonly send: typeof fetch;
  close(): void;
}

/**
 * A `fetch` is secured for one client, and behind a hop there are many: each session has one of its own, by its `Mcp-Session-Id`, and one more serves what
 * belongs to none.
 *
 * @param reach how the server is reached, below what is signed
 */
export function securedSend(options: SecureFetchOptions, reach: typeof fetch): SecuredSend {
  const open = (): SecureFetch => secureFetch(reach, options);
  const sessions = new Map<string, SecureFetch>();
  const outside = open();
  const begin: typeof fetch = async (input, init) => {
    const fresh = open();
    const response = await fresh(input, init);
    const id = response.headers.get('mcp-session-id');
    if (id === null) fresh.close();
    else sessions.set(id, fresh);
    return response;
  };
  return {
    send: async (input, init) => {
      const id = new Headers(init?.headers).get('mcp-session-id');
      if (id === null) return asksForSession(init?.body) ? begin(input, init) : outside(input, init);
      const response = await (sessions.get(id) ?? outside)(input, init);
      if (init?.method === 'DELETE' && response.ok) sessions.delete(id);
      return response;
    },
    close: () => {
      for (const each of [outside, ...sessions.values()]) each.close();
    },
  };
}

/** A body that cannot be read asks for nothing. */
function asksForSession(body: RequestInit['body']): boolean {
  if (!(body instanceof ArrayBuffer)) return false;
  try {
    const message: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof message === 'object' && message !== null && 'method' in message && message.method === 'initialize';
  } catch {
    return false;
  }
}
