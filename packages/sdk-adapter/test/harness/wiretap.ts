import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from './http-server.js';
import { listen } from './http-server.js';
import type { Wire } from './message.js';

/** A request of the client as it stands on the wire. Whoever is on the way may write into it. */
export interface Passing {
  readonly method: string;
  readonly headers: Record<string, string>;
  body: string;
}

/** What is answered in place of the server. */
export interface Forged {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Where a stream is broken off, in place of a message. */
export const CUT = Symbol('cut');

/** Somebody on the way to an HTTP server who sees everything and rewrites headers, bodies and events; ids, comments and retry times of events stay. */
export class Wiretap {
  /** As the client sent them. */
  readonly requests: Passing[] = [];
  /** As the server sent them. */
  readonly answers: Wire[] = [];
  /** The statuses of the server's responses, by request. */
  readonly statuses: { readonly request: Passing; readonly status: number }[] = [];
  request: (request: Passing) => Forged | undefined | Promise<Forged | undefined> = () => undefined;
  answer: (message: Wire, request: Passing) => Wire[] | typeof CUT | Promise<Wire[] | typeof CUT> = (message) => [
    message,
  ];

  /** The JSON-RPC messages that the client posted. */
  get posted(): Wire[] {
    return this.requests.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body));
  }

  serve(target: URL): Promise<HttpServer> {
    return listen((incoming, outgoing) => this.#relay(target, incoming, outgoing));
  }

  async #relay(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readPassing(incoming);
    this.requests.push({ ...request, headers: { ...request.headers } });
    const forged = await this.request(request);
    if (forged !== undefined) {
      outgoing.writeHead(forged.status, forged.headers).end(forged.body);
      return;
    }
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const { method, headers, body } = request;
    const response = await fetch(target, {
      method,
      headers,
      signal: gone.signal,
      ...(body === '' ? {} : { body }),
    });
    this.statuses.push({ request, status: response.status });
    const passed = Object.fromEntries(response.headers);
    delete passed['content-length'];
    outgoing.writeHead(response.status, passed);
    outgoing.flushHeaders();
    const type = passed['content-type'] ?? '';
    if (type.startsWith('text/event-stream')) await this.#events(response, request, outgoing);
    else outgoing.end(await this.#whole(await response.text(), type, request));
  }

  async #whole(body: string, type: string, request: Passing): Promise<string> {
    if (body === '' || !type.startsWith('application/json')) return body;
    const passed = await this.#rewrite(JSON.parse(body), request);
    return passed === CUT || passed.length === 0 ? '' : JSON.stringify(passed.at(-1));
  }

  async #events(response: Response, request: Passing, outgoing: ServerResponse): Promise<void> {
    let buffer = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      buffer += decoder.decode(chunk, { stream: true });
      for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
        const lines = buffer.slice(0, end).split('\n');
        buffer = buffer.slice(end + 2);
        const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
        if (data.join('') === '') {
          outgoing.write(`${lines.join('\n')}\n\n`);
          continue;
        }
        const passed = await this.#rewrite(JSON.parse(data.join('\n')), request);
        if (passed === CUT) {
          // What was written before must not be lost with it.
          await new Promise((resolve) => setTimeout(resolve, 50));
          outgoing.destroy();
          return;
        }
        const rest = lines.filter((line) => !line.startsWith('data:')).join('\n');
        for (const message of passed)
          outgoing.write(`${rest === '' ? '' : `${rest}\n`}data: ${JSON.stringify(message)}\n\n`);
      }
    }
    outgoing.end();
  }

  #rewrite(message: Wire, request: Passing) {
    this.answers.push(structuredClone(message));
    return this.answer(message, request);
  }
}

const NOT_PASSED = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

async function readPassing(incoming: IncomingMessage): Promise<Passing> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (typeof value === 'string' && !NOT_PASSED.has(name)) headers[name] = value;
  return { method: incoming.method ?? 'GET', headers, body: Buffer.concat(chunks).toString('utf8') };
}
