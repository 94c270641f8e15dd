import { z } from '@hono/zod-openapi';
import { HubFullError } from '../../events/event-hub.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json } from '../endpoint.js';
import { HttpProblem } from '../problem.js';
import { queryInteger } from '../schemas/common.js';
import { AuthorityEvent, EventPage } from '../schemas/status.js';
import type { HttpServices } from '../services.js';

const tag = 'Events';
const EVENT_STREAM = 'text/event-stream';
const DEFAULT_PAGE = 100;
const RETRY_SECONDS = 5;

export function eventEndpoints({ authority, hub }: HttpServices): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/events',
      tag,
      summary: 'Listen to revocations as they happen',
      description: [
        'Server-sent events, each signed: first the revocations after `Last-Event-ID` (or `after`), then a heartbeat with the present epoch, then what happens.',
        'The id of an event is era and epoch. Whoever reads too slowly is cut off and comes back.',
      ].join(' '),
      isQuiet: true,
      query: z.strictObject({
        after: z
          .string()
          .regex(/^\d{1,15}\.\d{1,15}$/)
          .optional()
          .openapi({ description: 'As `Last-Event-ID`, for clients that cannot set a header.' }),
      }),
      answers: { 200: { description: 'A stream of events.', contentType: EVENT_STREAM, schema: AuthorityEvent } },
      problems: ['too_many_listeners'],
      handle: async ({ query, request, client, breakOff }) => {
        const lastEventId = request.headers.get('last-event-id') ?? query.after;
        try {
          return new Response(hub.connect(client, lastEventId, breakOff), {
            headers: {
              'content-type': EVENT_STREAM,
              'cache-control': 'no-store',
              'x-content-type-options': 'nosniff',
              // Some proxies collect an answer before they pass it on.
              'x-accel-buffering': 'no',
            },
          });
        } catch (error) {
          if (!(error instanceof HubFullError)) throw error;
          throw new HttpProblem('too_many_listeners', undefined, { retryAfterSeconds: RETRY_SECONDS });
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/events/since',
      tag,
      summary: 'Get the revocations after an epoch, oldest first',
      isQuiet: true,
      query: z.strictObject({
        epoch: queryInteger(0, Number.MAX_SAFE_INTEGER),
        limit: queryInteger(1, 1000).optional(),
      }),
      answers: { 200: { description: 'Signed events.', schema: EventPage } },
      problems: [],
      handle: async ({ query: { epoch, limit = DEFAULT_PAGE } }) =>
        json({ events: await authority.events.since(epoch, limit) }),
    }),
  ];
}
