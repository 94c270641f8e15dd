import { McpsError, readRefusal } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import type { bridge } from '@mcps/sdk-adapter';
import manifest from '../../package.json' with { type: 'json' };
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject } from '../files/read-input.js';

type Transport = Parameters<typeof bridge>[1];

const TIMEOUT_MS = 30_000;
const MAX_PAGES = 100;
const PROTOCOL_VERSION = '2025-11-25';

interface Waiting {
  resolve(result: JsonObject): void;
  reject(error: Error): void;
}

/**
 * Asks an MCP server over any transport, and hands out what it said as it said it: no schema drops a member that is to be looked at.
 *
 * Requests reject with `McpsError` for a refusal by a rule of MCPS, with CliError `server` `unreachable`, `timed_out` (3) or `rpc_error` (1) otherwise.
 */
export class RpcClient {
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed = false;
  #lastError: Error | undefined;

  private constructor(
    private readonly transport: Transport,
    private readonly name: string,
  ) {
    transport.onmessage = (message: JsonObject) => this.#take(message);
    transport.onerror = (error) => (this.#lastError = error);
    transport.onclose = () => this.#onClose();
  }

  static async start(transport: Transport, name: string): Promise<RpcClient> {
    const client = new RpcClient(transport, name);
    await transport.start();
    return client;
  }

  /** The handshake of MCP; returns the server's result. */
  async initialize(): Promise<JsonObject> {
    const clientInfo = { name: 'mcps', version: manifest.version };
    const result = await this.request('initialize', {
      protocolVersion: PROTOCOL_VERSION,
      capabilities: {},
      clientInfo,
    });
    if (typeof result['protocolVersion'] === 'string') this.transport.setProtocolVersion?.(result['protocolVersion']);
    await this.transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return result;
  }

  async request(method: string, params: JsonObject): Promise<JsonObject> {
    if (this.#closed) throw this.#gone();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(serverError(`${this.name} does not answer ${method}.`, 'timed_out'));
      }, TIMEOUT_MS);
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        action();
      };
      this.#waiting.set(id, {
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      });
      this.transport.send({ jsonrpc: '2.0', id, method, params }).catch((error: unknown) => {
        this.#waiting.delete(id);
        settle(() => reject(serverError(`${this.name} cannot be reached.`, 'unreachable', error)));
      });
    });
  }

  /** Every page of a list. */
  async list(method: string, member: string): Promise<readonly JsonObject[]> {
    const items: JsonObject[] = [];
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const result = await this.request(method, typeof cursor === 'string' ? { cursor } : {});
      const part = result[member];
      if (Array.isArray(part)) items.push(...part.filter(isObject));
      cursor = result['nextCursor'];
      if (typeof cursor !== 'string') return items;
    }
    throw serverError(`${this.name} lists more than ${MAX_PAGES} pages.`, 'too_many_pages');
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.transport.close();
  }

  #take(message: JsonObject): void {
    const { id, method, result, error } = message;
    if (method !== undefined) {
      if (id !== undefined) this.#refuse(id);
      return;
    }
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (waiting === undefined) return;
    this.#waiting.delete(id as number);
    if (isObject(result)) waiting.resolve(result);
    else waiting.reject(refusalOf(error, this.name));
  }

  /** We offer nothing that a server could ask for; `ping` is answered. */
  #refuse(id: unknown): void {
    const error = { code: -32601, message: 'Method not found' };
    this.transport.send({ jsonrpc: '2.0', id, error }).catch(() => undefined);
  }

  #onClose(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone());
    this.#waiting.clear();
  }

  #gone(): Error {
    return this.#lastError instanceof McpsError
      ? this.#lastError
      : serverError(`${this.name} has ended the connection.`, 'unreachable', this.#lastError);
  }
}

function refusalOf(error: unknown, name: string): Error {
  const refusal = readRefusal(error);
  if (refusal !== undefined) return new McpsError(refusal.reason);
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : 'no reason was given';
  return new CliError('server', `${name} refuses: ${message}`, {
    reason: 'rpc_error',
    nextStep: 'Does the server offer this at all?',
    exitCode: EXIT.refused,
  });
}

function serverError(message: string, reason: string, cause?: unknown): CliError {
  return new CliError('server', message, {
    reason,
    nextStep: 'Is it running, and is the address or command right?',
    exitCode: EXIT.unreachable,
    cause,
  });
}
