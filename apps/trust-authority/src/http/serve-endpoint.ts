import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { AccessTokens } from '../access/access-tokens.js';
import type { Principal, Scope } from '../access/scopes.js';
import type { AuthorityMetrics } from '../observability/metrics.js';
import type { Tracing } from '../observability/tracing.js';
import { clientKey } from './client-address.js';
import type { ClientAddress, NodeBindings } from './client-address.js';
import type { Endpoint, EndpointInput } from './endpoint.js';
import { HttpProblem, problemOf } from './problem.js';
import type { Problem } from './problem.js';
import { check, queryOf, readJsonBody } from './read-request.js';
import type { RequestLimits } from './request-limits.js';

export interface ServeOptions {
  readonly tokens: AccessTokens;
  readonly limits: RequestLimits;
  readonly clientAddress: ClientAddress;
  readonly maxBodyBytes: number;
  readonly metrics: AuthorityMetrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

type HonoContext = Context<{ Bindings: NodeBindings }, string, object>;

/** What a request is answered by: an endpoint, or the refusal of one that does not exist. */
type Target = Pick<Endpoint, 'method' | 'path'> & Partial<Endpoint>;

/**
 * Serves one endpoint. In this order: the client's limit, the token and its scope, the token's limit, path, query, body, the work. Whatever goes wrong is
 * answered as a problem, counted and logged.
 */
export function serveEndpoint(target: Endpoint, options: ServeOptions): (context: HonoContext) => Promise<Response> {
  const work = async (context: HonoContext, client: string): Promise<Response> => {
    const request = context.req.raw;
    const principal = await authenticate(target, request, options);
    const input: EndpointInput<unknown, unknown, unknown> = {
      params: target.params === undefined ? undefined : check(target.params, context.req.param()),
      query: target.query === undefined ? undefined : check(target.query, queryOf(request.url)),
      body:
        target.body === undefined
          ? undefined
          : check(target.body, await readJsonBody(request, target.maxBodyBytes ?? options.maxBodyBytes)),
      principal,
      request,
      client,
      breakOff: breakOffOf(context.env),
    };
    return target.handle(input as EndpointInput<never, never, never>);
  };
  return (context) => serve(target, context, options, work);
}

function breakOffOf(bindings: NodeBindings | undefined): (() => void) | undefined {
  const outgoing = bindings?.outgoing;
  return outgoing === undefined ? undefined : () => void outgoing.destroy();
}

/** Answers every request with the same refusal, which counts against the client's limit like any other. */
export function serveProblem(
  path: string,
  makeProblem: () => HttpProblem,
  options: ServeOptions,
  headers: Readonly<Record<string, string>> = {},
): (context: HonoContext) => Promise<Response> {
  return async (context) => {
    const response = await serve({ method: 'get', path }, context, options, () => Promise.reject(makeProblem()));
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  };
}

async function serve(
  target: Target,
  context: HonoContext,
  options: ServeOptions,
  work: (context: HonoContext, client: string) => Promise<Response>,
): Promise<Response> {
  const startMs = performance.now();
  const client = clientKey(options.clientAddress(context.req.raw, context.env));
  const span = options.tracing.start(context.req.raw, target.path);
  let problem: Problem | undefined;
  let fault: unknown;
  let response: Response;
  try {
    await options.limits.takeForClient(client);
    response = await span.run(() => work(context, client));
  } catch (error) {
    problem = problemOf(error, randomUUID());
    if (problem.isFault) fault = error;
    response = answerProblem(problem);
  }
  const { method } = context.req;
  const seconds = (performance.now() - startMs) / 1000;
  span.end(response.status, fault);
  options.metrics.observeRequest(method, target.path, response.status, seconds);
  log(options.logger, { method, target, status: response.status, seconds, client, problem, fault });
  return response;
}

async function authenticate(
  { scope, acceptsToken }: Target,
  request: Request,
  { tokens, limits }: ServeOptions,
): Promise<Principal | undefined> {
  if (scope === undefined && acceptsToken === undefined) return undefined;
  const authorization = request.headers.get('authorization');
  if (authorization === null) {
    if (scope === undefined) return undefined;
    throw new HttpProblem('token_missing');
  }
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
  const principal = token === undefined ? undefined : await tokens.authenticate(token);
  // A token that is not valid is refused also where none is needed: its sender believes to be somebody.
  if (principal === undefined) throw new HttpProblem('token_invalid');
  await limits.takeForToken(principal.tokenId);
  if (scope !== undefined) requireScope(principal, scope);
  return principal;
}

/** Throws `HttpProblem` `scope_missing`. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new HttpProblem('scope_missing', `The token needs the scope "${scope}".`);
}

function answerProblem({ status, headers, body }: Problem): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

interface Served {
  readonly method: string;
  readonly target: Target;
  readonly status: number;
  readonly seconds: number;
  readonly client: string;
  readonly problem: Problem | undefined;
  readonly fault: unknown;
}

/** Routes are logged, never paths or headers: what a client puts there is its own, and may be a secret that went astray. */
function log(logger: Logger, { method, target, status, seconds, client, problem, fault }: Served): void {
  const level = fault === undefined ? (target.isQuiet === true && status < 400 ? 'debug' : 'info') : 'error';
  if (!logger.isLevelEnabled(level)) return;
  logger[level](
    {
      method,
      route: target.path,
      status,
      ms: Math.round(seconds * 1e6) / 1e3,
      client,
      ...(problem === undefined ? {} : { code: problem.body.code, requestId: problem.body.request_id }),
      ...(fault === undefined ? {} : { err: fault }),
    },
    'request',
  );
}
