import type { RequestHandler } from '@mcps/sdk-adapter/http';
import { UsageError } from '../errors/cli-error.js';
import type { Output } from '../output/output.js';
import type { CliProcess } from '../process.js';
import { onSignals } from '../programs/stopper.js';
import { listen } from './http-listener.js';

/** Where something is served. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One endpoint, and whom it is for. */
export interface Site extends Address {
  /** The one path that is served. */
  readonly path: string;
  /** Origins of web pages that may call it. */
  readonly allowedOrigins: readonly string[] | undefined;
}

/**
 * Serves one endpoint until a signal comes, and says where. Other paths are 404. Any web page can have a browser send requests to this machine, under a name of its
 * own that leads here: on loopback a request for another host is 403, and so is one of a page of another origin that is not allowed.
 *
 * @param result what else the printed result holds.
 * @throws CliError where the address cannot be listened at.
 */
export async function serveSite(
  process: CliProcess,
  output: Output,
  { host, port, path, allowedOrigins }: Site,
  result: Readonly<Record<string, string>>,
  handle: RequestHandler,
): Promise<void> {
  const origins = new Set(allowedOrigins);
  const listener = await listen(host, port, async (request) => {
    const { pathname, hostname, origin: own } = new URL(request.url);
    if (pathname !== path) return new Response(null, { status: 404 });
    if (isLoopback(host) && !isLoopback(hostname)) return new Response(null, { status: 403 });
    const origin = request.headers.get('origin');
    const isOwn = origin === own && isLoopback(hostname);
    if (origin !== null && !isOwn && !origins.has(origin)) return new Response(null, { status: 403 });
    return handle(request);
  });
  const endpoint = `${listener.origin}${path}`;
  output.result({ endpoint, ...result }, () => `listening at ${endpoint}`);
  if (!isLoopback(host)) output.note('mcps: reachable from other machines: put TLS in front of it');
  await new Promise<void>((resolve) => void onSignals(process, () => resolve()));
  await listener.close();
}

/** @throws UsageError */
export function listenAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) {
    throw new UsageError('--listen is a host and a port, such as 127.0.0.1:8787 or [::1]:8787.');
  }
  return { host, port };
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}
