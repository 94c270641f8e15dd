import { randomUUID } from 'node:crypto';
import type { FetchHandler } from '../http/serve.js';

/** What both lines' web-standard transports are to their host. */
export interface SessionTransport {
  handleRequest(request: Request, options?: object): Promise<Response>;
  close(): Promise<void>;
}

export interface SessionHooks {
  sessionIdGenerator(): string;
  onsessioninitialized(sessionId: string): void;
  onsessionclosed(sessionId: string): void;
}

/** @returns a transport, connected to a server of its own, that calls the hooks */
export type OpenSession = (hooks: SessionHooks) => Promise<SessionTransport>;

/** One server for each session, by its `Mcp-Session-Id`; a session that is not known is answered 404, as the standard says. */
export class Sessions {
  readonly #open: OpenSession;
  readonly #transports = new Map<string, SessionTransport>();

  constructor(open: OpenSession) {
    this.#open = open;
  }

  readonly fetch: FetchHandler = async (request, options) => {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
      const known = this.#transports.get(id);
      return known === undefined ? unknownSession() : known.handleRequest(request, options);
    }
    const transport: SessionTransport = await this.#open({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (sessionId) => void this.#transports.set(sessionId, transport),
      onsessionclosed: (sessionId) => void this.#transports.delete(sessionId),
    });
    return transport.handleRequest(request, options);
  };

  async close(): Promise<void> {
    const open = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(open.map((transport) => transport.close()));
  }
}

function unknownSession(): Response {
  const error = { code: -32001, message: 'Session not found' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
}
