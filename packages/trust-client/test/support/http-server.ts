import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real server on a free port of the loopback interface, as friendly or hostile as its handler. */
export class TestServer {
  handler: Handler;
  /** The path and query of every request so far. */
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(handler: Handler) {
    this.handler = handler;
    this.#server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      this.handler(request, response);
    });
  }

  static async start(handler: Handler = (_request, response) => void response.end()): Promise<TestServer> {
    const server = new TestServer(handler);
    await server.listen(0);
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen');
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lets another authority answer from now on. */
  handle({ handle }: { readonly handle: Handler }): void {
    this.handler = handle;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Breaks every connection, and takes no more. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
