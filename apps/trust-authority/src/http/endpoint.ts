import type { z } from '@hono/zod-openapi';
import type { Principal, Scope } from '../access/scopes.js';
import type { ProblemCode } from './problem.js';

/** What an endpoint is given: all of it checked against its schemas. */
export interface EndpointInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Absent without a token, which only endpoints that need none see. */
  readonly principal: Principal | undefined;
  readonly request: Request;
  /** Names the client for limits: its address, without what one host can choose at will. */
  readonly client: string;
  /** Breaks the connection off, where the server lets us; for endless answers that nobody reads. */
  readonly breakOff: (() => void) | undefined;
}

/** An answer other than a refusal. */
export interface EndpointAnswer {
  readonly description: string;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly schema?: z.ZodType;
}

/** One method of one path: what it takes and gives, as documented and as enforced, and what it does. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** As in OpenAPI: `/api/passport/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The scope that a token must have. Absent: no token is needed. */
  readonly scope?: Scope;
  /** Whether a token is looked at though none is needed. */
  readonly acceptsToken?: true;
  /** Whether requests are frequent and say nothing: then only the unusual ones are logged. */
  readonly isQuiet?: true;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Default: the limit for all. */
  readonly maxBodyBytes?: number;
  readonly answers: Readonly<Record<number, EndpointAnswer>>;
  /** The refusals of its own; those that any endpoint can give are added. */
  readonly problems: readonly ProblemCode[];
  readonly handle: (input: EndpointInput<never, never, never>) => Promise<Response>;
}

/** Ties the types of a handler's input to the schemas beside it. */
export function endpoint<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: Omit<Endpoint, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly handle: (input: EndpointInput<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Response>;
  },
): Endpoint {
  return definition;
}

const JSON_HEADERS = {
  'content-type': 'application/json',
  // What an authority says changes from one moment to the next, and what is signed says itself how long it counts.
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** An answer in JSON. */
export function json(value: unknown, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return jsonText(JSON.stringify(value), status, headers);
}

/** An answer whose JSON has been written already. */
export function jsonText(text: string, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return new Response(text, {
    status,
    headers: headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...headers },
  });
}

/** An answer without a body. */
export function noContent(): Response {
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
}
