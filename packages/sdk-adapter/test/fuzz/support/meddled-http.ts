import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Wire } from '../../harness/message.js';
import { listenPatiently } from './patient-server.js';
import type { HttpServer } from '../../harness/http-server.js';
import type { Meddler, Passed } from './meddler.js';

/** Somebody on the way to an HTTP server, who posts corrupted copies in requests of their own, and puts others into the responses. */
export interface MeddledHttp {
  readonly url: URL;
  /** Whether the client listens on a stream of its own. */
  listening(): boolean;
  /** Resolves when every request of somebody else's making has come to its end. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function meddleHttp(target: URL, meddler: Meddler): Promise<MeddledHttp> {
  const hop = new Hop(target, meddler);
  const server = await listenPatiently((incoming, outgoing) => hop.relay(incoming, outgoing));
  return {
    url: server.url,
    listening: () => hop.listening,
    flush: () => hop.flush(),
    close: () => closeBoth(hop, server),
  };
}

async function closeBoth(hop: Hop, server: HttpServer): Promise<void> {
  await hop.flush();
  await server.close();
}

interface Passing {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | string;
}

class Hop {
  listening = false;
  readonly #posting = new Set<Promise<void>>();
  /** What is to be posted once the request of that id has been answered. */
  readonly #afterwards = new Map<string, () => void>();

  constructor(
    private readonly target: URL,
    private readonly meddler: Meddler,
  ) {}

  async flush(): Promise<void> {
    while (this.#posting.size > 0) await Promise.all(this.#posting);
  }

  async relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const received = await readPassing(incoming);
    const message: Wire = received.method === 'POST' ? JSON.parse(received.body) : undefined;
    const passed = message === undefined ? undefined : this.meddler.pass('toServer', message);
    const afterwards = (): void => this.#afterRequest(received, message, passed);
    if (passed !== undefined) {
      // Before the honest message goes what can only be refused: of two that may both be good, the one that comes first is the honest one.
      if (passed.beside?.first === true) await this.#post({ ...received, body: passed.beside.bytes });
      if (message.method !== undefined && message.id !== undefined)
        this.#afterwards.set(JSON.stringify(message.id), afterwards);
    }
    const body = passed && passed.honest !== message ? passed.spell(passed.honest) : received.body;
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const response = await this.#fetch({ ...received, body }, gone.signal);
    const headers = Object.fromEntries(response.headers);
    delete headers['content-length'];
    outgoing.writeHead(response.status, headers);
    outgoing.flushHeaders();
    const type = headers['content-type'] ?? '';
    if (type.startsWith('text/event-stream')) {
      this.listening ||= received.method === 'GET';
      await this.#events(response, outgoing);
    } else {
      const text = await response.text();
      const isMessage = type.startsWith('application/json') && text !== '';
      outgoing.end(isMessage ? this.#inPlaceOfBody(JSON.parse(text)) : text);
    }
    if (message?.id === undefined || message.method === undefined) afterwards();
  }

  #afterRequest(received: Passing, message: Wire, passed: Passed | undefined): void {
    if (passed === undefined) return;
    this.meddler.keep('toServer', message);
    if (passed.beside?.first === false) void this.#post({ ...received, body: passed.beside.bytes });
  }

  async #events(response: Response, outgoing: ServerResponse): Promise<void> {
    let buffer = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      buffer += decoder.decode(chunk, { stream: true });
      const frames = buffer.split('\n\n');
      buffer = frames.pop() ?? '';
      for (const frame of frames) this.#event(frame, outgoing);
    }
    outgoing.end();
  }

  #event(frame: string, outgoing: ServerResponse): void {
    const lines = frame.split('\n');
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
    if (data.join('') === '') {
      outgoing.write(`${frame}\n\n`);
      return;
    }
    const rest = lines.filter((line) => !line.startsWith('data:')).map((line) => `${line}\n`);
    const { beside, text } = this.#answer(JSON.parse(data.join('\n')));
    const copies = beside === undefined ? [] : [beside.bytes];
    for (const each of beside?.first === true ? [...copies, text] : [text, ...copies])
      outgoing.write(Buffer.concat([Buffer.from(`${rest.join('')}data: `), Buffer.from(each), Buffer.from('\n\n')]));
  }

  /** A body holds one message: the corrupted copy, if there is one, stands there in place of the honest one. */
  #inPlaceOfBody(message: Wire): Uint8Array {
    const { beside, text } = this.#answer(message);
    return Buffer.from(beside?.bytes ?? text);
  }

  #answer(message: Wire): Pick<Passed, 'beside'> & { readonly text: string } {
    const { honest, beside } = this.meddler.pass('toClient', message);
    this.meddler.keep('toClient', message);
    if (message.method === undefined) {
      const id = JSON.stringify(message.id) ?? '';
      this.#afterwards.get(id)?.();
      this.#afterwards.delete(id);
    }
    return { beside, text: JSON.stringify(honest) };
  }

  /** What is answered to somebody else's request, nobody hears. */
  #post(request: Passing): Promise<void> {
    const posting = this.#fetch(request)
      .then((response) => response.text())
      .then(
        () => undefined,
        () => undefined,
      );
    this.#posting.add(posting);
    return posting.finally(() => this.#posting.delete(posting));
  }

  #fetch({ method, headers, body }: Passing, signal?: AbortSignal): Promise<Response> {
    return fetch(this.target, { method, headers, ...(signal && { signal }), ...(body !== '' && { body }) });
  }
}

const NOT_PASSED = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

async function readPassing(incoming: IncomingMessage): Promise<Passing & { readonly body: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (typeof value === 'string' && !NOT_PASSED.has(name)) headers[name] = value;
  return { method: incoming.method ?? 'GET', headers, body: Buffer.concat(chunks).toString('utf8') };
}
