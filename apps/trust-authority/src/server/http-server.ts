import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HttpHandler } from '../http/create-http-handler.js';

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** In PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface HttpServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  /**
   * Takes no new connection, waits for the requests that are being answered, and ends what is left after `graceMs`. Endless answers are for their owner to
   * end first.
   */
  stop(graceMs: number): Promise<void>;
}

/** Why a server does not listen, for whoever started it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Without these a client that sends one byte now and then would hold a connection for as long as it likes. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** Listens. Rejects with {@link ListenError}, which says what an operator can do. */
export async function startHttpServer({ handler, host, port, tls }: HttpServerOptions): Promise<HttpServer> {
  const listener = getRequestListener((request, bindings) => handler.fetch(request, bindings as never));
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  };
  const handle = (...parameters: Parameters<typeof listener>) => void listener(...parameters);
  const server =
    tls === undefined
      ? createHttpServer(options, handle)
      : createHttpsServer({ ...options, ...tls, minVersion: 'TLSv1.2' }, handle);
  await listen(server, host, port);
  const { port: actualPort, address } = server.address() as AddressInfo;
  const shown = address.includes(':') ? `[${address}]` : address;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${actualPort}`,
    stop: (graceMs) => stop(server, graceMs),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(whyNot(error, host, port), { cause: error }));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function whyNot({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} at ${host} is in use: stop what listens there, or choose another with MCPS_AUTHORITY_PORT.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user: choose one above 1023 with MCPS_AUTHORITY_PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine: set MCPS_AUTHORITY_HOST.`;
    default:
      return `Cannot listen at ${host}, port ${port}: ${code ?? message}.`;
  }
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections that are kept for a next request; `close` alone would wait for them.
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection that has just been answered is idle only now.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(timer);
  clearInterval(sweep);
}
