import { z } from '@hono/zod-openapi';
import { formatTimestamp } from '@mcps/protocol';
import type { Principal } from '../../access/scopes.js';
import type { WebhookRecord } from '../../webhooks/webhook-desk.js';
import { WebhookError } from '../../webhooks/webhook-desk.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json, noContent } from '../endpoint.js';
import { HttpProblem } from '../problem.js';
import { PassportId, Timestamp } from '../schemas/common.js';
import { ProofOfPossession } from '../schemas/passport.js';
import { requireScope } from '../serve-endpoint.js';
import type { HttpServices } from '../services.js';

const tag = 'Webhooks';

const WebhookPath = z.strictObject({
  id: z
    .string()
    .regex(/^whk_[0-9a-f]{32}$/)
    .openapi({ param: { name: 'id', in: 'path' } }),
});

const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    owner: z.string(),
    created_at: Timestamp,
    state: z.enum(['active', 'stopped']),
    delivered_epoch: z.int(),
    failed_attempts: z.int(),
    last_failure: z.string().optional(),
    dead_epochs: z.array(z.int()).openapi({ description: 'The revocations that were given up.' }),
  })
  .openapi('Webhook');

export function webhookEndpoints({ authority, webhooks }: HttpServices): readonly Endpoint[] {
  const unknown = () => new HttpProblem('webhook_unknown');
  const ownerOf = async (principal: Principal | undefined, passportId: string | undefined, proof: unknown) => {
    if (principal !== undefined) {
      requireScope(principal, 'admin');
      return principal.name;
    }
    if (passportId === undefined || proof === undefined) throw new HttpProblem('token_missing');
    await authority.enrolment.prove(passportId, proof);
    return passportId;
  };
  return [
    endpoint({
      method: 'post',
      path: '/api/webhook/register',
      tag,
      summary: 'Have every revocation posted to a URL',
      description: [
        'The body is the signed event; `webhook-signature` is `v1,` and the base64 of HMAC-SHA-256 over `webhook-id`, `webhook-timestamp` and the body, joined',
        'by dots, under the bytes of the secret (Standard Webhooks). Any status from 200 to 299 means delivered; tried again for hours otherwise.',
        'With a token of the scope `admin`, or by the key of a passport.',
      ].join(' '),
      acceptsToken: true,
      body: z
        .strictObject({
          url: z.string().min(1).max(2048),
          passport_id: PassportId.optional(),
          proof: ProofOfPossession.optional().openapi({ description: "By the passport's key, instead of a token." }),
        })
        .openapi('RegisterWebhookRequest', { description: 'Where to post.' }),
      answers: {
        201: {
          description: 'The webhook, and its secret, which is told this once.',
          schema: Webhook.extend({ secret: z.string() }).openapi('RegisteredWebhook'),
        },
      },
      problems: [
        'webhook_refused',
        'webhook_limit',
        'token_missing',
        'scope_missing',
        'passport_unknown',
        'challenge_invalid',
        'challenge_used',
        'proof_invalid',
      ],
      handle: async ({ body: { url, passport_id: passportId, proof }, principal }) => {
        const owner = await ownerOf(principal, passportId, proof);
        try {
          const { record, secret } = await webhooks.register({ url, owner });
          return json({ ...webhookToWire(record), secret }, 201, { location: `/api/webhook/${record.id}` });
        } catch (error) {
          if (!(error instanceof WebhookError)) throw error;
          throw new HttpProblem(error.code, error.message, error.code === 'webhook_refused' ? { member: 'url' } : {});
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/webhook',
      tag,
      summary: 'List the webhooks',
      scope: 'admin',
      answers: {
        200: {
          description: 'All of them, oldest first.',
          schema: z.object({ webhooks: z.array(Webhook) }).openapi('Webhooks'),
        },
      },
      problems: [],
      handle: async () => json({ webhooks: (await webhooks.list()).map(webhookToWire) }),
    }),
    endpoint({
      method: 'get',
      path: '/api/webhook/{id}',
      tag,
      summary: 'Get a webhook',
      scope: 'admin',
      params: WebhookPath,
      answers: { 200: { description: 'The webhook.', schema: Webhook } },
      problems: ['webhook_unknown'],
      handle: async ({ params }) => {
        const record = await webhooks.get(params.id);
        if (record === undefined) throw unknown();
        return json(webhookToWire(record));
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/webhook/{id}/redeliver',
      tag,
      summary: 'Try again now, from the first revocation that was given up',
      scope: 'admin',
      params: WebhookPath,
      answers: { 204: { description: 'It will be tried.' } },
      problems: ['webhook_unknown'],
      handle: async ({ params }) => {
        if (!(await webhooks.redeliver(params.id))) throw unknown();
        return noContent();
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/webhook/{id}',
      tag,
      summary: 'Remove a webhook',
      scope: 'admin',
      params: WebhookPath,
      answers: { 204: { description: 'It is removed.' } },
      problems: ['webhook_unknown'],
      handle: async ({ params }) => {
        if (!(await webhooks.remove(params.id))) throw unknown();
        return noContent();
      },
    }),
  ];
}

function webhookToWire(record: WebhookRecord): Readonly<Record<string, unknown>> {
  return {
    id: record.id,
    url: record.url,
    owner: record.owner,
    created_at: formatTimestamp(record.createdAtMs),
    state: record.state,
    delivered_epoch: record.deliveredEpoch,
    failed_attempts: record.failedAttempts,
    last_failure: record.lastFailure,
    dead_epochs: record.deadEpochs,
  };
}
