import { SESSION_HEADER, createConnection, resolveSecurity } from '@mcps/protocol';
import type { Connection, Incoming, JsonObject, SecurityOptions } from '@mcps/protocol';
import { FrameDecoder } from '../../src/http/sse/decode-frames.js';
import type { Wire } from './message.js';

/** What came back for one POST. */
export interface Posted {
  readonly response: Response;
  /** As it stood on the wire. */
  readonly raw: Wire[];
  /** What the client's connection made of it. */
  readonly incoming: Incoming[];
}

/** A client of Streamable HTTP that signs below the SDK, made of the protocol's connection and nothing of the server's code. */
export class SigningClient {
  sessionId: string | undefined;
  /** Put on every request. */
  headers: Record<string, string> = {};
  #nextId = 1;

  private constructor(
    readonly connection: Connection,
    readonly url: string,
    private readonly fetchLike: (url: string, init: RequestInit) => Promise<Response>,
  ) {}

  static async open(
    options: SecurityOptions,
    url: string,
    fetchLike: (url: string, init: RequestInit) => Promise<Response> = fetch,
  ): Promise<SigningClient> {
    const config = await resolveSecurity('client', { carrier: 'top-level', ...options });
    return new SigningClient(await createConnection(config, { delivery: 'concurrent' }), url, fetchLike);
  }

  /** Initializes a session of a 2025 revision. */
  async connect(): Promise<void> {
    await this.request('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {}, sampling: {} },
      clientInfo: { name: 'signing-client', version: '1.0.0' },
    });
    this.headers['mcp-protocol-version'] = '2025-11-25';
    await this.notify('notifications/initialized');
  }

  /** The verified answer to a request. */
  async request(method: string, params?: JsonObject): Promise<Wire> {
    const { incoming, response, raw } = await this.exchange(method, params);
    const answer = incoming.flatMap((each) => (each.type === 'deliver' ? [each.message as Wire] : [])).at(-1);
    if (answer === undefined)
      throw new Error(`no verified answer: ${response.status} ${JSON.stringify([raw, incoming])}`);
    return answer;
  }

  exchange(method: string, params?: JsonObject): Promise<Posted> {
    const id = this.#nextId++;
    return this.send({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
  }

  notify(method: string, params?: JsonObject): Promise<Posted> {
    return this.send({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) });
  }

  call(name: string, args: JsonObject = {}): Promise<Wire> {
    return this.request('tools/call', { name, arguments: args });
  }

  async send(message: JsonObject): Promise<Posted> {
    return this.post(await this.sign(message));
  }

  /** A message as it would go on the wire. */
  async sign(message: JsonObject): Promise<Wire> {
    const [action] = await this.connection.protect(message);
    if (action?.type !== 'send') throw new Error(`not sent: ${JSON.stringify(action)}`);
    return action.message;
  }

  /** Posts a body as it stands, and opens what comes back. */
  async post(body: unknown, init: RequestInit = {}): Promise<Posted> {
    const response = await this.fetchLike(this.url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(this.sessionId === undefined ? {} : { 'mcp-session-id': this.sessionId }),
        ...this.headers,
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    this.sessionId ??= response.headers.get('mcp-session-id') ?? undefined;
    const [raw, incoming]: [Wire[], Incoming[]] = [[], []];
    await this.read(response, async (message) => {
      raw.push(message);
      incoming.push(...(await this.connection.open(message)));
    });
    return { response, raw, incoming };
  }

  /** Sends a request without a body, with its own header or the one given; `undefined` is none. */
  async bodiless(verb: 'GET' | 'DELETE', lastEventId?: string, ...given: [header?: string]): Promise<Response> {
    const { pathname: target } = new URL(this.url);
    const header =
      given.length > 0
        ? given[0]
        : await this.connection.protectRequest({ verb, target, httpSession: this.sessionId, lastEventId });
    const headers: Record<string, string> = {
      accept: 'text/event-stream',
      ...this.headers,
      ...(this.sessionId === undefined ? {} : { 'mcp-session-id': this.sessionId }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...(header === undefined ? {} : { [SESSION_HEADER]: header }),
    };
    return this.fetchLike(this.url, { method: verb, headers });
  }

  /** Reads the messages of a response, one after another. */
  async read(response: Response, take: (message: Wire, id: string | undefined) => Promise<void>): Promise<void> {
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('application/json')) {
      for (const message of [JSON.parse(await response.text())].flat()) await take(message, undefined);
      return;
    }
    if (!type.startsWith('text/event-stream') || response.body === null) return;
    const decoder = new FrameDecoder(10_000_000);
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const frame of decoder.push(part.value))
        if (frame.data !== undefined && frame.data !== '') await take(JSON.parse(frame.data), frame.id);
    }
  }
}
