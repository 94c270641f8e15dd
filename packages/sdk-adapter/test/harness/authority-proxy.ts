import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of an answer on its way. */
export type Fault = 'none' | 'silent' | 'cut' | 'garbage' | 'refused';

/** Stands between a client and its authority: counts what is asked, and spoils what is answered. */
export class AuthorityProxy {
  readonly paths: string[] = [];
  fault: Fault = 'none';
  readonly #server: Server;
  readonly #open = new Set<ServerResponse>();

  private constructor(private readonly target: () => string) {
    this.#server = createServer((incoming, outgoing) => this.#handle(incoming, outgoing));
  }

  static async start(target: () => string): Promise<AuthorityProxy> {
    const proxy = new AuthorityProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often the status of a single passport was asked for. */
  get questions(): number {
    return this.paths.filter((path) => path.startsWith('/api/verify/')).length;
  }

  /** How many requests are under way, streams of events among them. */
  get connections(): number {
    return this.#open.size;
  }

  /** Spoils everything from now on, also what is under way. */
  break(fault: Fault): void {
    this.fault = fault;
    for (const response of this.#open) response.destroy();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.paths.push(incoming.url ?? '');
    this.#open.add(outgoing);
    outgoing.on('close', () => this.#open.delete(outgoing));
    if (this.fault === 'silent') return;
    if (this.fault === 'refused') {
      outgoing.destroy();
      return;
    }
    if (this.fault === 'garbage') {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"VALID","signature":"AAAA"}');
      return;
    }
    const { method, headers } = incoming;
    const upstream = request(`${this.target()}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (this.fault !== 'cut') {
        answer.pipe(outgoing);
        return;
      }
      answer.once('data', (chunk: Buffer) => {
        outgoing.write(chunk.subarray(0, chunk.length >> 1));
        setImmediate(() => outgoing.destroy());
      });
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }
}
