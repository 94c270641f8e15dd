import { Server } from '@modelcontextprotocol/server';
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Wire } from '../../harness/message.js';
import type { End } from './ends.js';

/** What a request waits for: its answer, and a way to notify until then. */
interface Waiting {
  readonly context: ServerContext;
  answer(message: Wire): void;
}

/** The application of a server that is made anew for each request: one end for all of them, which is given exactly what the handlers are given. */
export class ReportingServer implements End {
  receive: (message: Wire) => void = () => undefined;
  readonly errors: Error[] = [];
  readonly #waiting = new Map<string, Waiting>();

  /** A server of SDK 2.x, for one request. */
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated for most, and here what shows the handlers' side of any method
  readonly make = (): Server => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
    const server = new Server({ name: 'fuzz', version: '1.0.0' }, { capabilities: { tools: {}, logging: {} } });
    server.fallbackRequestHandler = (request, context) => this.#handle(request, context);
    server.fallbackNotificationHandler = (notification) => {
      this.receive({ jsonrpc: '2.0', ...notification });
      return Promise.resolve();
    };
    server.oninitialized = () => this.receive({ jsonrpc: '2.0', method: 'notifications/initialized' });
    server.onerror = (error) => void this.errors.push(error);
    return server;
  };

  /** @param relatedTo the request that is being answered, or meanwhile. There is nothing else to say here. */
  async send(message: Wire, relatedTo?: string | number): Promise<void> {
    const waiting = this.#waiting.get(JSON.stringify(relatedTo));
    if (waiting === undefined) throw new Error(`Nobody waits for ${JSON.stringify(message)}`);
    if (message.method !== undefined) await waiting.context.mcpReq.notify(message);
    else waiting.answer(message);
  }

  #handle(request: Wire, context: ServerContext): Promise<Wire> {
    const key = JSON.stringify(request.id);
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, {
        context,
        answer: ({ result, error }) => {
          this.#waiting.delete(key);
          if (error === undefined) resolve(result);
          else reject(Object.assign(new Error(error.message), error));
        },
      });
      this.receive(asPosted(request, context));
    });
  }
}

/** The SDK hands over apart from the parameters what revision 2026-07-28 puts into their `_meta`. */
function asPosted(request: Wire, { mcpReq: { envelope } }: ServerContext): Wire {
  if (envelope === undefined) return request;
  return { ...request, params: { ...request.params, _meta: { ...request.params._meta, ...envelope } } };
}
