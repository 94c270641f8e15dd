import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message on its way to the service: as it can be sent again, to anybody and at any time. */
export interface Recorded {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a replica answered. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Which of the replicas' answers the client is given. */
export type Choice = (answers: readonly Answered[], turn: number) => Answered;

const KEPT_HEADERS = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcps-session'];

/** An HTTP load balancer that serves its replicas in turn, and keeps all that it sees. In an attacker's hands it sends each message to all of them at once. */
export class FleetProxy {
  readonly recorded: Recorded[] = [];
  /** While set, every message goes to all replicas. */
  sendsToAll: Choice | undefined;
  #turn = 0;

  private constructor(
    private readonly server: Server,
    readonly url: URL,
    private readonly targets: readonly URL[],
  ) {}

  static async start(ports: readonly number[]): Promise<FleetProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = (port: number) => new URL(`http://127.0.0.1:${port}/mcp`);
    const proxy = new FleetProxy(server, at((server.address() as AddressInfo).port), ports.map(at));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.#relay(request, response).catch(() => response.destroy());
    });
    return proxy;
  }

  /** What every replica answers to a message that was seen before. */
  replay(message: Recorded): Promise<Answered[]> {
    return Promise.all(this.targets.map((target) => post(target, message)));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const message = { headers: kept(request.headers), body };
    this.recorded.push(message);
    const turn = this.#turn++ % this.targets.length;
    const choose = this.sendsToAll;
    const answer =
      choose === undefined ? await post(this.targets[turn]!, message) : choose(await this.replay(message), turn);
    response.writeHead(answer.status, answer.type === '' ? {} : { 'content-type': answer.type }).end(answer.text);
  }
}

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

async function post(target: URL, { headers, body }: Recorded): Promise<Answered> {
  const response = await fetch(target, { method: 'POST', headers, body });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}
