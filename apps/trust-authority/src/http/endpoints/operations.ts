import { z } from '@hono/zod-openapi';
import type { AuthorityMetrics } from '../../observability/metrics.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json } from '../endpoint.js';
import type { HttpServices } from '../services.js';

const tag = 'Operation';

export interface OperationOptions {
  readonly metrics: AuthorityMetrics;
  readonly metricsAccess: 'open' | 'token' | 'off';
}

export function operationEndpoints({ authority }: HttpServices, options: OperationOptions): readonly Endpoint[] {
  const { metrics, metricsAccess } = options;
  const Health = z
    .object({ healthy: z.boolean(), checks: z.record(z.string(), z.string()) })
    .openapi('Health', { description: 'By purpose: `ok`, or the code of what is wrong.' });
  const metricsEndpoint = endpoint({
    method: 'get',
    path: '/metrics',
    tag,
    summary: 'Get the numbers for Prometheus',
    isQuiet: true,
    ...(metricsAccess === 'token' ? { scope: 'read' as const } : {}),
    answers: { 200: { description: 'In the text format.', contentType: 'text/plain', schema: z.string() } },
    problems: [],
    handle: async () =>
      new Response(await metrics.registry.metrics(), {
        headers: { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' },
      }),
  });
  return [
    endpoint({
      method: 'get',
      path: '/health',
      tag,
      summary: 'Whether the authority can sign and verify now',
      isQuiet: true,
      answers: {
        200: { description: 'It can.', schema: Health },
        503: { description: 'It cannot.', schema: Health },
      },
      problems: [],
      handle: async () => {
        const health = await authority.health();
        return json(health, health.healthy ? 200 : 503);
      },
    }),
    endpoint({
      method: 'get',
      path: '/ready',
      tag,
      summary: 'Whether the database answers',
      isQuiet: true,
      answers: { 200: { description: 'It does.', schema: z.object({ ready: z.literal(true) }).openapi('Ready') } },
      problems: ['store_unavailable', 'state_rolled_back', 'closed'],
      handle: async () => {
        await authority.ready();
        return json({ ready: true });
      },
    }),
    ...(metricsAccess === 'off' ? [] : [metricsEndpoint]),
  ];
}
