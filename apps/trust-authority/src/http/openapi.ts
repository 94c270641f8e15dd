import { OpenAPIHono, createRoute } from '@hono/zod-openapi';
import { SCOPES } from '../access/scopes.js';
import type { Endpoint } from './endpoint.js';
import { problemStatus } from './problem.js';
import type { ProblemCode } from './problem.js';
import { Problem } from './schemas/common.js';

/** An OpenAPI 3.1 document, as plain data. */
export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

const TITLE = 'MCPS trust authority';
const DESCRIPTION = [
  'Issues, checks and revokes the passports of agents. Answers that matter are signed statements of the MCPS specification: verify the signature, whatever the',
  'connection. Refusals are problem details with a `code` for programs.',
].join(' ');

/** Describes endpoints by the very schemas that their requests are checked with. */
export function describeEndpoints(
  endpoints: readonly Endpoint[],
  { version, serverUrl }: { readonly version: string; readonly serverUrl: string },
): OpenApiDocument {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: `A token of the authority; its scopes are among ${SCOPES.join(', ')}.`,
  });
  for (const target of endpoints) app.openAPIRegistry.registerPath(routeOf(target));
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: TITLE, version, description: DESCRIPTION, license: { name: 'MIT' } },
    servers: [{ url: serverUrl }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
  });
}

function routeOf(target: Endpoint): ReturnType<typeof createRoute> {
  const { method, path, tag, summary, description, scope, acceptsToken, params, query, body } = target;
  return createRoute({
    method,
    path,
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary,
    description: [description, scope === undefined ? undefined : `Needs a token with the scope \`${scope}\`.`]
      .filter((part) => part !== undefined)
      .join(' '),
    security: scope === undefined ? (acceptsToken === undefined ? [] : [{}, { token: [] }]) : [{ token: [] }],
    request: {
      ...(params === undefined ? {} : { params: params as never }),
      ...(query === undefined ? {} : { query: query as never }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body as never } } } }),
    },
    responses: { ...answersOf(target), ...problemsOf(target) },
  });
}

function answersOf({
  answers,
}: Endpoint): Record<string, { description: string; content?: Record<string, { schema: never }> }> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, contentType = 'application/json', schema }]) => [
      status,
      schema === undefined ? { description } : { description, content: { [contentType]: { schema: schema as never } } },
    ]),
  );
}

function problemsOf(
  target: Endpoint,
): Record<string, { description: string; content: Record<string, { schema: typeof Problem }> }> {
  const codes = new Set<ProblemCode>([...target.problems, 'rate_limited', 'internal']);
  if (target.params !== undefined || target.query !== undefined || target.body !== undefined)
    codes.add('request_invalid');
  if (target.body !== undefined) {
    for (const code of ['body_malformed', 'body_too_large', 'media_type_unsupported'] as const) codes.add(code);
  }
  if (target.scope !== undefined) for (const code of ['token_missing', 'scope_missing'] as const) codes.add(code);
  if (target.scope !== undefined || target.acceptsToken === true) codes.add('token_invalid');
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(problemStatus(code), [...(byStatus.get(problemStatus(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      { description: ofStatus.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}

function operationIdOf(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'api');
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}
