import { createHmac, randomBytes } from 'node:crypto';
import { ConfigurationError } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { createWebhookHandler } from '../../src/index.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const BODY = '{"type":"revocation"}';

interface Delivery {
  readonly id?: string;
  readonly timestamp?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}

function request(delivery: Delivery = {}): Request {
  const { id = '1.7', timestamp = String(NOW / 1000), body = BODY, secret = SECRET, method = 'POST' } = delivery;
  return new Request('https://relying-party.example/hook', {
    method,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${sign(secret, id, timestamp, body)}`,
      ...delivery.headers,
    },
    ...(method === 'GET' ? {} : { body }),
  });
}

async function receiver(secrets = [SECRET], outcome: () => Promise<boolean> = async () => true) {
  const delivered: string[] = [];
  const handler = await createWebhookHandler({ secrets, clock: () => NOW }, async (body) => {
    delivered.push(new TextDecoder().decode(body));
    return outcome();
  });
  return { delivered, post: async (message: Request) => (await handler(message)).status };
}

describe('a delivery is taken', () => {
  it('with the signature of its secret over id, time and raw body', async () => {
    const { post, delivered } = await receiver();
    expect(await post(request())).toBe(204);
    expect(delivered).toEqual([BODY]);
  });

  it('as Standard Webhooks has it', async () => {
    const handler = await createWebhookHandler(
      { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], clock: () => 1_614_265_330_000 },
      async () => true,
    );
    const message = new Request('https://relying-party.example/hook', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
    });
    expect((await handler(message)).status).toBe(204);
  });

  it('by either secret while one replaces the other', async () => {
    const { post } = await receiver([SECRET, OTHER]);
    expect([await post(request()), await post(request({ secret: OTHER }))]).toEqual([204, 204]);
  });

  it('with one good signature among several', async () => {
    const { post } = await receiver();
    const good = sign(SECRET, '1.7', String(NOW / 1000), BODY);
    const bad = sign(OTHER, '1.7', String(NOW / 1000), BODY);
    expect(await post(request({ headers: { 'webhook-signature': `v2,x v1,${bad} v1a,${good} v1,${good}` } }))).toBe(
      204,
    );
  });

  it.each([-300, 300])('%i seconds away from now', async (seconds) => {
    const { post } = await receiver();
    expect(await post(request({ timestamp: String(NOW / 1000 + seconds) }))).toBe(204);
  });

  it('and tried again where it cannot be judged now, or given up where it is no event', async () => {
    expect(await (await receiver([SECRET], () => Promise.reject(new Error('no list')))).post(request())).toBe(503);
    expect(await (await receiver([SECRET], async () => false)).post(request())).toBe(422);
  });
});

describe('a delivery is refused, and its body goes nowhere', () => {
  const timestamp = String(NOW / 1000);
  const signature = `v1,${sign(SECRET, '1.7', timestamp, BODY)}`;

  it.each<[string, number, Delivery]>([
    ['signed with another secret', 401, { secret: OTHER }],
    ['with another body', 401, { body: '{}', headers: { 'webhook-signature': signature } }],
    ['with another id', 401, { id: '1.8', headers: { 'webhook-signature': signature } }],
    ['with another time', 401, { timestamp: String(NOW / 1000 + 1), headers: { 'webhook-signature': signature } }],
    ['with a byte more', 401, { body: `${BODY} `, headers: { 'webhook-signature': signature } }],
    ['with half a signature', 401, { headers: { 'webhook-signature': signature.slice(0, 30) } }],
    ['with a signature of another version', 401, { headers: { 'webhook-signature': signature.replace('v1', 'v2') } }],
    ['after too many signatures', 401, { headers: { 'webhook-signature': `${'v1,AAAA '.repeat(8)}${signature}` } }],
    ['from long ago', 400, { timestamp: String(NOW / 1000 - 301) }],
    ['from the future', 400, { timestamp: String(NOW / 1000 + 301) }],
    ['at no time', 400, { timestamp: 'now' }],
    ['at a time with a fraction', 400, { timestamp: `${NOW / 1000}.5` }],
    ['without an id', 400, { headers: { 'webhook-id': '' } }],
    ['with an endless id', 400, { id: 'x'.repeat(257) }],
    ['as something else', 415, { headers: { 'content-type': 'text/plain' } }],
    ['by another method', 405, { method: 'PUT' }],
    ['by reading', 405, { method: 'GET' }],
    ['too long', 413, { body: `"${randomBytes(64 * 1024).toString('hex')}"` }],
  ])('%s', async (_title, status, delivery) => {
    const { post, delivered } = await receiver();
    expect(await post(request(delivery))).toBe(status);
    expect(delivered).toEqual([]);
  });
});

describe('secrets are checked', () => {
  it.each([
    ['none', []],
    ['no prefix', [Buffer.alloc(32).toString('base64')]],
    ['too short', [`whsec_${Buffer.alloc(23).toString('base64')}`]],
    ['too long', [`whsec_${Buffer.alloc(65).toString('base64')}`]],
    ['no base64', ['whsec_????']],
    ['too many', Array.from({ length: 9 }, () => SECRET)],
  ])('%s', async (_title, secrets) => {
    const made = createWebhookHandler({ secrets }, async () => true);
    await expect(made).rejects.toThrow(ConfigurationError);
    await expect(made).rejects.not.toThrow(/AAAA/);
  });
});
