import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { CliError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';

/** A server that listens. */
export interface Listener {
  /** `http://host:port` */
  readonly origin: string;
  /** Takes nothing more, and ends what is open. */
  close(): Promise<void>;
}

type Handle = (request: Request) => Promise<Response>;

/**
 * Serves a web-standard handler over HTTP/1.1.
 *
 * @throws CliError `server` where the address cannot be listened at.
 */
export async function listen(host: string, port: number, handle: Handle): Promise<Listener> {
  const server = createServer((incoming, outgoing) => void exchange(incoming, outgoing, handle));
  await started(server, host, port);
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://${shown}:${address.port}`, close };
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CliError('server', `${host}:${port} cannot be listened at (${errorCode(error)}).`, {
          reason: 'listen_failed',
          nextStep: 'Choose another address with --listen.',
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function exchange(incoming: IncomingMessage, outgoing: ServerResponse, handle: Handle): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const response = await handle(requestOf(incoming, gone.signal));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.flushHeaders();
    if (response.body === null) outgoing.end();
    // The web streams of the library and those of the runtime are the same, and have types of their own.
    else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
  } catch {
    // The client has gone, or the answer broke off in the middle: neither can be told otherwise.
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.destroy();
  }
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const method = incoming.method ?? 'GET';
  const host = incoming.headers.host ?? 'localhost';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming) as BodyInit, duplex: 'half' as const } : {};
  return new Request(new URL(incoming.url ?? '/', `http://${host}`), { method, headers, signal, ...body });
}
