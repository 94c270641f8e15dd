import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../src/http/problem.js';
import { createHttpHandler } from '../../src/http/create-http-handler.js';
import { KNOWN_ID, stubServices } from '../support/stub-authority.js';

const token = 'scopes:issue+revoke+audit+read+admin';

function setUp() {
  const stub = stubServices();
  const handler = createHttpHandler(stub.services, { clientRatePerMinute: 10_000_000, tokenRatePerMinute: 10_000_000 });
  const post = (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
    handler.fetch(
      new Request(`http://authority.example${path}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        duplex: 'half',
      } as RequestInit),
    );
  return { ...stub, handler, post };
}

async function expectRefused(response: Response, status: number, code?: string): Promise<void> {
  const problem = await response.json();
  expect(problem.status).toBe(status);
  expect(response.status).toBe(status);
  expect(PROBLEM_CODES).toContain(problem.code);
  if (code !== undefined) expect(problem.code).toBe(code);
}

const bodies = [
  '/api/passport',
  '/api/passport/register',
  `/api/renew/${KNOWN_ID}`,
  `/api/rotate/${KNOWN_ID}`,
  `/api/revoke/${KNOWN_ID}`,
  '/api/webhook/register',
  '/api/token',
  '/api/ta/rotate',
];

describe('hostile requests', () => {
  it.each(bodies)('of anything but the JSON that is expected change nothing: %s', async (path) => {
    const { post, changes } = setUp();
    const wrong: [string | null, number, string][] = [
      ['', 400, 'body_malformed'],
      ['{', 400, 'body_malformed'],
      ['{"a":1,"a":2}', 400, 'body_malformed'],
      ['{}{}', 400, 'body_malformed'],
      ['\ufeff{}', 400, 'body_malformed'],
      ['{"a":1e400}', 400, 'body_malformed'],
      ['{"a":"\\ud800"}', 400, 'body_malformed'],
      [`${'['.repeat(100)}${']'.repeat(100)}`, 400, 'body_malformed'],
      ['null', 400, 'request_invalid'],
      ['[]', 400, 'request_invalid'],
      ['"text"', 400, 'request_invalid'],
      ['{"unexpected":1}', 400, 'request_invalid'],
      ['{"__proto__":{"reason":"manual_revoke","purpose":"status"}}', 400, 'request_invalid'],
    ];
    for (const [body, status, code] of wrong) await expectRefused(await post(path, body), status, code);
    expect(changes).toEqual([]);
  });

  it.each(bodies)('without the type of JSON are refused: %s', async (path) => {
    const { post, changes } = setUp();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonx',
      '',
    ]) {
      await expectRefused(await post(path, '{}', { 'content-type': type }), 415, 'media_type_unsupported');
    }
    expect(changes).toEqual([]);
  });

  it('of too many bytes are refused, whether or not they say so', async () => {
    const { post, changes } = setUp();
    const large = JSON.stringify({ name: 'x'.repeat(300 * 1024) });
    await expectRefused(await post('/api/passport', large), 413, 'body_too_large');
    await expectRefused(await post('/api/passport', '{}', { 'content-length': '1000000' }), 413, 'body_too_large');
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    await expectRefused(await post('/api/passport', endless), 413, 'body_too_large');
    expect(sent).toBeLessThan(1024 * 1024);
    expect(changes).toEqual([]);
  });

  it('that break off are refused', async () => {
    const { post, changes } = setUp();
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"reason":'));
        controller.error(new Error('gone'));
      },
    });
    await expectRefused(await post(`/api/revoke/${KNOWN_ID}`, broken), 400, 'body_malformed');
    expect(changes).toEqual([]);
  });

  it.each([
    'asp_1',
    KNOWN_ID.toUpperCase(),
    `${KNOWN_ID}0`,
    `${KNOWN_ID}%00`,
    `${KNOWN_ID}%0a`,
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    "1'%20or%20'1'='1",
    '%ff%fe',
    '%',
    'null',
    '__proto__',
    'x'.repeat(5000),
  ])('about the passport %j change nothing', async (id) => {
    const { handler, post, changes } = setUp();
    for (const kind of ['verify', 'staple', 'passport']) {
      const response = await handler.fetch(new Request(`http://authority.example/api/${kind}/${id}`));
      expect([400, 404]).toContain(response.status);
    }
    for (const kind of ['revoke', 'renew', 'rotate', 'scan', 'audit']) {
      const response = await post(`/api/${kind}/${id}`, JSON.stringify({ reason: 'manual_revoke' }));
      expect([400, 404, 405]).toContain(response.status);
    }
    expect(changes).toEqual([]);
  });

  it.each([
    '/api/crl?from=-1',
    '/api/crl?from=1e3',
    '/api/crl?from=9007199254740993',
    '/api/crl?from=6&from=7',
    '/api/crl?from=',
    '/api/crl?form=xml',
    '/api/crl?__proto__=1',
    '/api/log/entries?start=01',
    '/api/log/entries?limit=0',
    '/api/log/inclusion?index=0x1',
    '/api/events/since',
    '/api/events?after=..',
    '/api/events/since?epoch=1%00',
  ])('with the query %s are refused', async (path) => {
    const { handler } = setUp();
    await expectRefused(await handler.fetch(new Request(`http://authority.example${path}`)), 400, 'request_invalid');
  });

  it('are never told back what they said', async () => {
    const { post, handler } = setUp();
    const mark = 'SECRET"><script>alert(1)</script>';
    const answers = [
      await post('/api/passport', JSON.stringify({ [mark]: 1 })),
      await post('/api/passport', JSON.stringify({ name: mark })),
      await post('/api/passport', `{"${mark}`),
      await handler.fetch(new Request(`http://authority.example/${encodeURIComponent(mark)}`)),
      await handler.fetch(new Request(`http://authority.example/api/crl?${encodeURIComponent(mark)}=1`)),
      await handler.fetch(new Request(`http://authority.example/api/verify/${encodeURIComponent(mark)}`)),
    ];
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await answer.text()).not.toContain('SECRET');
    }
  });

  it('of any shape get an answer, and one of ours', async () => {
    const { handler, changes } = setUp();
    const path = fc.oneof(
      fc.webPath(),
      fc.constantFrom(...bodies),
      fc.string({ maxLength: 60 }).map((text) => `/api/${encodeURIComponent(text)}`),
      fc.tuple(fc.constantFrom(...bodies), fc.webQueryParameters()).map(([start, query]) => `${start}?${query}`),
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'),
        fc.oneof(fc.json(), fc.string(), fc.constant('')),
        async (target, method, body) => {
          const request = new Request(`http://authority.example${target}`, {
            method,
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            ...(method === 'GET' ? {} : { body }),
          });
          const response = await handler.fetch(request);
          expect(response.status).not.toBe(500);
          if (response.status >= 400) {
            const problem = await response.json();
            expect(PROBLEM_CODES).toContain(problem.code);
          } else {
            await response.body?.cancel();
          }
        },
      ),
      { numRuns: 500 },
    );
    const made = changes.filter(({ what }) => !['revoke-token', 'remove-webhook'].includes(what));
    expect(made).toEqual([]);
  });
});
