import { z } from '@hono/zod-openapi';
import { renderDocsPage } from '../docs/page.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, jsonText } from '../endpoint.js';
import { describeEndpoints } from '../openapi.js';

/** Describes endpoints, these two included. */
export function documentEndpoints(
  described: readonly Endpoint[],
  options: { readonly version: string; readonly serverUrl: string },
): readonly Endpoint[] {
  const own = [
    endpoint({
      method: 'get',
      path: '/openapi.json',
      tag: 'Operation',
      summary: 'Get this description',
      isQuiet: true,
      answers: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
      problems: [],
      handle: async () => jsonText(text),
    }),
    endpoint({
      method: 'get',
      path: '/docs',
      tag: 'Operation',
      summary: 'Read this description',
      isQuiet: true,
      answers: { 200: { description: 'A page.', contentType: 'text/html', schema: z.string() } },
      problems: [],
      handle: async () =>
        new Response(page.html, {
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'cache-control': 'no-store',
            'content-security-policy': page.contentSecurityPolicy,
            'x-content-type-options': 'nosniff',
            'referrer-policy': 'no-referrer',
          },
        }),
    }),
  ];
  const document = describeEndpoints([...described, ...own], options);
  const text = JSON.stringify(document);
  const page = renderDocsPage(document);
  return own;
}
