import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { createMetrics } from '../observability/metrics.js';
import type { AuthorityMetrics } from '../observability/metrics.js';
import { createTracing } from '../observability/tracing.js';
import { VERSION } from '../version.js';
import { createClientAddress } from './client-address.js';
import type { ClientAddress, NodeBindings } from './client-address.js';
import type { Endpoint } from './endpoint.js';
import { documentEndpoints } from './endpoints/documents.js';
import { eventEndpoints } from './endpoints/events.js';
import { keyEndpoints } from './endpoints/keys.js';
import { logEndpoints } from './endpoints/log.js';
import { operationEndpoints } from './endpoints/operations.js';
import { passportEndpoints } from './endpoints/passports.js';
import { statusEndpoints } from './endpoints/status.js';
import { tokenEndpoints } from './endpoints/tokens.js';
import { webhookEndpoints } from './endpoints/webhooks.js';
import { HttpProblem } from './problem.js';
import { RequestLimits } from './request-limits.js';
import { serveEndpoint, serveProblem } from './serve-endpoint.js';
import type { ServeOptions } from './serve-endpoint.js';
import type { HttpServices } from './services.js';

export interface HttpHandlerOptions {
  /** Whether whoever holds a key may enrol, or only with a token. Default: `open`. */
  readonly enrolment?: 'open' | 'token';
  /** The URL that the description names. Default: `/`. */
  readonly publicUrl?: string;
  /** Origins whose pages may call from a browser; `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Default: 60,000. */
  readonly clientRatePerMinute?: number;
  /** Default: 60,000. */
  readonly tokenRatePerMinute?: number;
  /** Of a body, where an endpoint has no limit of its own. Default: 256 KiB. */
  readonly maxBodyBytes?: number;
  /** Default: the address that `@hono/node-server` tells; elsewhere all clients count as one. */
  readonly clientAddress?: ClientAddress;
  /** Default: open. */
  readonly metricsAccess?: 'open' | 'token' | 'off';
  /** Whether `/openapi.json` and `/docs` are there. Default: true. */
  readonly docs?: boolean;
  readonly metrics?: AuthorityMetrics;
  /** Default: none. */
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** A handler in the form of the Fetch standard. */
export interface HttpHandler {
  fetch(request: Request, bindings?: NodeBindings): Promise<Response>;
}

/**
 * Serves an authority over HTTP, as a handler that any server of requests and responses of the Fetch standard can call. Never rejects: what goes wrong is
 * answered with problem details (RFC 9457).
 */
export function createHttpHandler(services: HttpServices, options: HttpHandlerOptions = {}): HttpHandler {
  const { enrolment = 'open', publicUrl = '/', corsOrigins = [], docs = true, metricsAccess = 'open' } = options;
  const metrics = options.metrics ?? createMetrics({ withProcess: false });
  const serveOptions: ServeOptions = {
    tokens: services.tokens,
    limits: new RequestLimits(
      {
        clientRatePerMinute: options.clientRatePerMinute ?? 60_000,
        tokenRatePerMinute: options.tokenRatePerMinute ?? 60_000,
      },
      options.clock ?? systemClock,
    ),
    clientAddress: options.clientAddress ?? createClientAddress(),
    maxBodyBytes: options.maxBodyBytes ?? 256 * 1024,
    metrics,
    tracing: createTracing(),
    logger: options.logger ?? pino({ level: 'silent' }),
  };
  const endpoints = [
    ...passportEndpoints(services, { enrolment }),
    ...statusEndpoints(services),
    ...keyEndpoints(services),
    ...logEndpoints(services),
    ...eventEndpoints(services),
    ...webhookEndpoints(services),
    ...tokenEndpoints(services),
    ...operationEndpoints(services, { metrics, metricsAccess }),
  ];
  const all = docs
    ? [...endpoints, ...documentEndpoints(endpoints, { version: VERSION, serverUrl: publicUrl })]
    : endpoints;
  const app = new Hono<{ Bindings: NodeBindings }>();
  if (corsOrigins.length > 0) app.use(corsFor(corsOrigins));
  for (const target of all) app.on(target.method, honoPath(target.path), serveEndpoint(target, serveOptions));
  for (const [path, methods] of methodsOf(all)) {
    const problem = () => new HttpProblem('method_not_allowed');
    // One handler for each method, not one for all: where a single handler matches, the router calls it without a chain.
    const others = METHODS.filter((method) => !methods.includes(method));
    app.on(others, honoPath(path), serveProblem(path, problem, serveOptions, { allow: methods.join(', ') }));
  }
  app.notFound(serveProblem('*', () => new HttpProblem('not_found'), serveOptions));
  return { fetch: async (request, bindings) => app.fetch(request, bindings) };
}

function corsFor(origins: readonly string[]): ReturnType<typeof cors> {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'last-event-id', 'if-none-match'],
    exposeHeaders: ['etag', 'location', 'retry-after'],
    maxAge: 600,
  });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsOf(endpoints: readonly Endpoint[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of endpoints) {
    const names = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...names]);
  }
  return methods;
}
