import type { Wire } from '../../harness/message.js';
import { Wiretap } from '../../harness/wiretap.js';
import type { Forged, Passing } from '../../harness/wiretap.js';
import type { HttpServer } from '../../harness/http-server.js';
import type { Meddler } from './meddler.js';

/** Somebody on the way to an HTTP server, who posts corrupted copies in requests of their own. */
export interface MeddledHttp {
  readonly url: URL;
  /** Resolves when the client listens on a stream of its own. */
  listening(): boolean;
  /** Resolves when every request of somebody else's making has come to its end. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function meddleHttp(target: URL, meddler: Meddler): Promise<MeddledHttp> {
  const hop = new Hop(target, meddler);
  const server = await hop.tap.serve(target);
  return {
    url: server.url,
    listening: () => hop.tap.statuses.some(({ request, status }) => request.method === 'GET' && status === 200),
    flush: () => hop.flush(),
    close: () => closeBoth(hop, server),
  };
}

async function closeBoth(hop: Hop, server: HttpServer): Promise<void> {
  await hop.flush();
  await server.close();
}

class Hop {
  readonly tap = new Wiretap();
  readonly #posting = new Set<Promise<void>>();
  /** What is to be posted once the request of that id has been answered. */
  readonly #afterwards = new Map<string, () => void>();

  constructor(
    private readonly target: URL,
    private readonly meddler: Meddler,
  ) {
    this.tap.request = (request) => this.#request(request);
    this.tap.answer = (message) => this.#answer(message);
  }

  async flush(): Promise<void> {
    while (this.#posting.size > 0) await Promise.all(this.#posting);
  }

  async #request(request: Passing): Promise<Forged | undefined> {
    if (request.method !== 'POST') return undefined;
    const message: Wire = JSON.parse(request.body);
    const { honest, beside, spell } = this.meddler.pass('toServer', message);
    const copy = beside && { ...request, headers: { ...request.headers }, body: JSON.stringify(beside.message) };
    // Before the honest message goes what can only be refused: of two that may both be good, the one that comes first is the honest one.
    if (copy !== undefined && beside?.first === true) await this.#post(copy);
    if (honest !== message) request.body = spell(honest);
    const afterwards = (): void => {
      this.meddler.keep('toServer', message);
      if (copy !== undefined && beside?.first === false) void this.#post(copy);
    };
    if (message.method !== undefined && message.id !== undefined) {
      this.#afterwards.set(JSON.stringify(message.id), afterwards);
      return undefined;
    }
    const response = await this.#fetch(request);
    const body = await response.text();
    afterwards();
    const type = response.headers.get('content-type');
    return { status: response.status, body, headers: type === null ? {} : { 'content-type': type } };
  }

  #answer(message: Wire): Wire[] {
    const passed = this.meddler.inPlaceOf('toClient', message);
    if (message.method === undefined) {
      const id = JSON.stringify(message.id) ?? '';
      this.#afterwards.get(id)?.();
      this.#afterwards.delete(id);
    }
    return passed;
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

  #fetch({ method, headers, body }: Passing): Promise<Response> {
    return fetch(this.target, { method, headers, body });
  }
}
