import { z } from '@hono/zod-openapi';
import { formatTimestamp } from '@mcps/protocol';
import type { CreatedToken, TokenRecord } from '../../access/access-tokens.js';
import { SCOPES } from '../../access/scopes.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json, noContent } from '../endpoint.js';
import { HttpProblem } from '../problem.js';
import { Timestamp } from '../schemas/common.js';
import type { HttpServices } from '../services.js';

const tag = 'Tokens';
const Scope = z.enum(SCOPES);
const DEFAULT_OVERLAP_SECONDS = 3600;

const TokenPath = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .openapi({ param: { name: 'id', in: 'path' } }),
});

const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(Scope),
    created_at: Timestamp,
    expires_at: Timestamp.optional(),
  })
  .openapi('Token');

const NewToken = Token.extend({ token: z.string().openapi({ description: 'Told this once.' }) }).openapi('NewToken');

export function tokenEndpoints({ tokens }: HttpServices): readonly Endpoint[] {
  const unknown = () => new HttpProblem('token_unknown');
  const created = { 201: { description: 'The token.', schema: NewToken } };
  return [
    endpoint({
      method: 'post',
      path: '/api/token',
      tag,
      summary: 'Make a token',
      scope: 'admin',
      body: z
        .strictObject({
          name: z.string().regex(/^[\w .@-]{1,64}$/),
          scopes: z.array(Scope).min(1).max(SCOPES.length),
          ttl_seconds: z.int().min(60).max(315_360_000).optional(),
        })
        .openapi('TokenRequest'),
      answers: created,
      problems: [],
      handle: async ({ body: { name, scopes, ttl_seconds: ttlSeconds } }) =>
        json(
          newTokenToWire(await tokens.create({ name, scopes, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) })),
          201,
        ),
    }),
    endpoint({
      method: 'get',
      path: '/api/token',
      tag,
      summary: 'List the tokens that count',
      scope: 'admin',
      answers: {
        200: {
          description: 'Without the tokens themselves.',
          schema: z.object({ tokens: z.array(Token) }).openapi('Tokens'),
        },
      },
      problems: [],
      handle: async () => json({ tokens: (await tokens.list()).map(tokenToWire) }),
    }),
    endpoint({
      method: 'post',
      path: '/api/token/{id}/rotate',
      tag,
      summary: 'Replace a token',
      description:
        'With one of the same name and scopes. The old one counts for `overlap_seconds` more, an hour by default.',
      scope: 'admin',
      params: TokenPath,
      body: z.strictObject({ overlap_seconds: z.int().min(0).max(604_800).optional() }).openapi('RotateTokenRequest'),
      answers: created,
      problems: ['token_unknown'],
      handle: async ({ params, body: { overlap_seconds: overlapSeconds = DEFAULT_OVERLAP_SECONDS } }) => {
        const rotated = await tokens.rotate(params.id, overlapSeconds);
        if (rotated === undefined) throw unknown();
        return json(newTokenToWire(rotated), 201);
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/token/{id}',
      tag,
      summary: 'Revoke a token',
      scope: 'admin',
      params: TokenPath,
      answers: { 204: { description: 'It no longer counts.' } },
      problems: ['token_unknown'],
      handle: async ({ params }) => {
        if (!(await tokens.revoke(params.id))) throw unknown();
        return noContent();
      },
    }),
  ];
}

function tokenToWire({ id, name, scopes, createdAtMs, expiresAtMs }: TokenRecord): Readonly<Record<string, unknown>> {
  return {
    id,
    name,
    scopes,
    created_at: formatTimestamp(createdAtMs),
    expires_at: expiresAtMs === undefined ? undefined : formatTimestamp(expiresAtMs),
  };
}

function newTokenToWire({ token, record }: CreatedToken): Readonly<Record<string, unknown>> {
  return { ...tokenToWire(record), token };
}
