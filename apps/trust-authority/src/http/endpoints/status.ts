import { z } from '@hono/zod-openapi';
import type { Endpoint } from '../endpoint.js';
import { endpoint, jsonText, noContent } from '../endpoint.js';
import { Bundle } from '../schemas/bundle.js';
import { PassportPath, queryInteger } from '../schemas/common.js';
import { StatusBitmap, StatusList, StatusListDelta, StatusStatement } from '../schemas/status.js';
import type { HttpServices } from '../services.js';

const tag = 'Status';
const DAY_SECONDS = 86_400;
const MAX_BUNDLE_PASSPORTS = 10_000;

/** The text of statements that are asked for again and again: the authority hands out the same object until there is a new one. */
const texts = new WeakMap<object, string>();

function textOf(statement: object): string {
  let text = texts.get(statement);
  if (text === undefined) texts.set(statement, (text = JSON.stringify(statement)));
  return text;
}

export function statusEndpoints({ authority: { status } }: HttpServices): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/verify/{id}',
      tag,
      summary: 'Ask for the status of a passport',
      description: 'A signed answer, also about a passport that is revoked, has expired or was never issued.',
      isQuiet: true,
      params: PassportPath,
      answers: { 200: { description: 'The signed status.', schema: StatusStatement } },
      problems: [],
      handle: async ({ params }) => jsonText(textOf(await status.answer(params.id))),
    }),
    endpoint({
      method: 'get',
      path: '/api/staple/{id}',
      tag,
      summary: 'Get a status that the holder of a passport may carry about',
      description: 'Signed, for VALID passports only, counting for an hour at most.',
      isQuiet: true,
      params: PassportPath,
      answers: { 200: { description: 'The signed status.', schema: StatusStatement } },
      problems: ['passport_unknown', 'passport_revoked', 'passport_expired'],
      handle: async ({ params }) => jsonText(textOf(await status.staple(params.id))),
    }),
    endpoint({
      method: 'get',
      path: '/api/bundle',
      tag,
      summary: 'Get what a site without a connection needs',
      description:
        'The keys, the list and the newest passports that count, signed. Carried there, it vouches for the list for as long as it says.',
      scope: 'read',
      query: z.strictObject({
        passports: queryInteger(0, MAX_BUNDLE_PASSPORTS).optional(),
        ttl_seconds: queryInteger(3600, 31 * DAY_SECONDS).optional(),
      }),
      answers: { 200: { description: 'The signed bundle.', schema: Bundle } },
      problems: ['key_set_missing'],
      handle: async ({ query: { passports: maxPassports = 1000, ttl_seconds: ttlSeconds = 7 * DAY_SECONDS } }) =>
        jsonText(textOf(await status.bundle({ maxPassports, ttlSeconds }))),
    }),
    endpoint({
      method: 'get',
      path: '/api/crl',
      tag,
      summary: 'Get the list of revoked passports',
      description:
        'Whole; with `from`, what leads on from the list of that number, which is one of the last 32; or as a bitmap.',
      isQuiet: true,
      query: z
        .strictObject({
          from: queryInteger(0, Number.MAX_SAFE_INTEGER).optional(),
          form: z.enum(['list', 'bitmap']).optional(),
        })
        .refine(({ from, form }) => from === undefined || form !== 'bitmap', { path: ['from'] }),
      answers: {
        200: { description: 'The signed list.', schema: z.union([StatusList, StatusListDelta, StatusBitmap]) },
        204: { description: 'There is no later list than `from`.' },
        304: { description: 'It is the one that the client has.' },
      },
      problems: ['list_gone', 'log_range'],
      handle: async ({ query: { from, form = 'list' }, request }) => {
        const statement =
          form === 'bitmap'
            ? await status.bitmap()
            : from === undefined
              ? await status.list()
              : await status.delta(from);
        if (statement === undefined) return noContent();
        const name = from === undefined ? form : `delta${from}`;
        const etag = `"${name}-${statement.number}-${Date.parse(statement.issued_at)}"`;
        if (request.headers.get('if-none-match') === etag)
          return new Response(null, { status: 304, headers: { etag } });
        // May be kept, but is to be asked about each time.
        return jsonText(textOf(statement), 200, { etag, 'cache-control': 'no-cache' });
      },
    }),
  ];
}
