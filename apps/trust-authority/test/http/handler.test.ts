import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../src/http/create-http-handler.js';
import type { HttpHandlerOptions } from '../../src/http/create-http-handler.js';
import { AuthorityError } from '../../src/error.js';
import { KNOWN_ID, UNKNOWN_ID, stubServices } from '../support/stub-authority.js';

function setUp(options: HttpHandlerOptions = {}) {
  const stub = stubServices();
  const handler = createHttpHandler(stub.services, { clientRatePerMinute: 1_000_000, ...options });
  const send = (method: string, path: string, init: RequestInit & { token?: string; json?: unknown } = {}) => {
    const headers = new Headers(init.headers);
    if (init.token !== undefined) headers.set('authorization', `Bearer ${init.token}`);
    if (init.json !== undefined) headers.set('content-type', 'application/json');
    const body = init.json === undefined ? init.body : JSON.stringify(init.json);
    return handler.fetch(
      new Request(`http://authority.example${path}`, { method, headers, ...(body ? { body } : {}) }),
    );
  };
  const codeOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({ type: 'about:blank', status: response.status });
    expect(problem.request_id).toMatch(/^[0-9a-f-]{36}$/);
    return problem.code as string;
  };
  return { ...stub, handler, send, codeOf };
}

const proof = {
  authority: 'stub',
  challenge: 'c',
  key_thumbprint: 't',
  expires_at: '2030-01-01T00:00:00.000Z',
  signature: 's',
};
const publicKey = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) };
const wanted = { name: 'agent', version: '1', public_key: publicKey, proof };

describe('the endpoints', () => {
  it('hand what is asked to the services, and their answers back', async () => {
    const { send, changes } = setUp();
    const response = await send('POST', '/api/passport', {
      json: { ...wanted, ttl_seconds: 60, level: 2, issuing: { depth: 0, level: 1, capabilities: [] } },
      token: 'scopes:issue',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/api/passport/${KNOWN_ID}`);
    expect(await response.json()).toMatchObject({ passport: { passport_id: KNOWN_ID }, status: 'VALID', log_index: 0 });
    expect(changes).toEqual([
      {
        what: 'issue',
        args: [
          {
            name: 'agent',
            version: '1',
            publicKey,
            proof,
            ttlSeconds: 60,
            level: 2,
            issuing: { depth: 0, level: 1, capabilities: [] },
          },
          { principal: 'tester', maxLevel: 4, mayDelegate: false },
        ],
      },
    ]);
  });

  it.each<[string, string, number]>([
    ['GET', `/api/passport/${KNOWN_ID}`, 200],
    ['GET', `/api/passport/${UNKNOWN_ID}`, 404],
    ['GET', `/api/verify/${UNKNOWN_ID}`, 200],
    ['GET', `/api/staple/${KNOWN_ID}`, 200],
    ['GET', `/api/staple/${UNKNOWN_ID}`, 409],
    ['POST', '/api/enroll', 201],
    ['GET', '/api/crl', 200],
    ['GET', '/api/crl?from=6', 200],
    ['GET', '/api/crl?from=7', 204],
    ['GET', '/api/crl?from=1', 410],
    ['GET', '/api/crl?form=bitmap', 200],
    ['GET', '/api/crl?form=bitmap&from=6', 400],
    ['GET', '/api/ta/public-key', 200],
    ['GET', '/api/ta/jwks.json', 200],
    ['GET', '/api/ta/key-set', 200],
    ['GET', '/api/log/tree-head', 200],
    ['GET', '/api/log/inclusion?index=3', 200],
    ['GET', `/api/log/inclusion?passport_id=${KNOWN_ID}&tree_size=5`, 200],
    ['GET', '/api/log/inclusion', 400],
    ['GET', `/api/log/inclusion?index=1&passport_id=${KNOWN_ID}`, 400],
    ['GET', '/api/log/consistency?from=1&to=5', 200],
    ['GET', '/api/log/consistency', 400],
    ['GET', '/api/log/entries?start=2&limit=7', 200],
    ['GET', '/api/log/entries?limit=1001', 400],
    ['GET', '/api/events/since?epoch=0', 200],
    ['GET', '/health', 200],
    ['GET', '/ready', 200],
    ['GET', '/metrics', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/docs', 200],
    ['HEAD', '/health', 200],
    ['GET', '/nowhere', 404],
    ['DELETE', '/health', 405],
    ['PUT', `/api/revoke/${KNOWN_ID}`, 405],
  ])('answer %s %s with %d', async (method, path, status) => {
    const { send } = setUp();
    const response = await send(method, path);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options') ?? 'nosniff').toBe('nosniff');
    if (status >= 400) expect(response.headers.get('content-type')).toBe('application/problem+json');
    if (status === 405) expect(response.headers.get('allow')).not.toBeNull();
  });

  it('answer with nothing where the client has the list already', async () => {
    const { send } = setUp();
    const etag = (await send('GET', '/api/crl')).headers.get('etag')!;
    const again = await send('GET', '/api/crl', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const bitmap = await send('GET', '/api/crl?form=bitmap', { headers: { 'if-none-match': etag } });
    expect(bitmap.status).toBe(200);
  });

  it('make a bundle of as much as is asked for, within bounds', async () => {
    const { send } = setUp();
    const token = 'scopes:read';
    const asked = async (query: string) => (await send('GET', `/api/bundle${query}`, { token })).json();
    expect(await asked('')).toMatchObject({ maxPassports: 1000, ttlSeconds: 604_800 });
    expect(await asked('?passports=0&ttl_seconds=3600')).toMatchObject({ maxPassports: 0, ttlSeconds: 3600 });
    for (const query of ['?passports=10001', '?passports=-1', '?ttl_seconds=1', '?ttl_seconds=2678401', '?all=1']) {
      expect(await asked(query)).toMatchObject({ code: 'request_invalid' });
    }
  });

  it('have no key set before the root has signed one', async () => {
    const { send, codeOf, services } = setUp();
    Object.assign(services.keys, { keySet: () => undefined });
    const response = await send('GET', '/api/ta/key-set');
    expect([response.status, await codeOf(response)]).toEqual([404, 'key_set_missing']);
  });

  it('tell MCPS codes where one fits', async () => {
    const { send } = setUp();
    expect(await (await send('GET', `/api/passport/${UNKNOWN_ID}`)).json()).toMatchObject({ mcps: 'MCPS-001' });
    expect(await (await send('GET', `/api/staple/${UNKNOWN_ID}`)).json()).toMatchObject({ mcps: 'MCPS-003' });
  });

  it('tell nothing of a fault of ours', async () => {
    const { send, codeOf, authority } = setUp();
    authority.status.answer = () => Promise.reject(new Error('password=hunter2 at /secret/path'));
    const response = await send('GET', `/api/verify/${KNOWN_ID}`);
    const text = await response.clone().text();
    expect([response.status, await codeOf(response)]).toEqual([500, 'internal']);
    expect(text).not.toMatch(/hunter2|secret|stack|node_modules/);
    authority.status.answer = () => Promise.reject(new AuthorityError('store_unavailable', 'The database is away.'));
    const away = await send('GET', `/api/verify/${KNOWN_ID}`);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
  });
});

describe('tokens', () => {
  const guarded: [string, string, string, unknown?][] = [
    ['POST', `/api/revoke/${KNOWN_ID}`, 'revoke', { reason: 'manual_revoke' }],
    ['POST', `/api/scan/${KNOWN_ID}`, 'audit', {}],
    ['POST', `/api/audit/${KNOWN_ID}`, 'audit', {}],
    ['POST', '/api/passport/register', 'issue', { passport: {} }],
    ['GET', '/api/passports', 'read'],
    ['GET', '/api/bundle', 'read'],
    ['POST', '/api/webhook/register', 'admin', { url: 'https://hooks.example/' }],
    ['GET', '/api/webhook', 'admin'],
    ['GET', `/api/webhook/whk_${'0'.repeat(32)}`, 'admin'],
    ['DELETE', `/api/webhook/whk_${'0'.repeat(32)}`, 'admin'],
    ['POST', `/api/webhook/whk_${'0'.repeat(32)}/redeliver`, 'admin'],
    ['POST', '/api/token', 'admin', { name: 'new', scopes: ['read'] }],
    ['GET', '/api/token', 'admin'],
    ['DELETE', `/api/token/${'0'.repeat(16)}`, 'admin'],
    ['POST', `/api/token/${'0'.repeat(16)}/rotate`, 'admin', {}],
    ['POST', '/api/ta/rotate', 'admin', { purpose: 'status' }],
  ];
  const scopes = ['issue', 'revoke', 'audit', 'read', 'admin'];

  it.each(guarded)('guard %s %s with the scope %s', async (method, path, scope, body) => {
    const { send, codeOf, changes } = setUp();
    const json = body === undefined ? {} : { json: body };
    expect(await codeOf(await send(method, path, json))).toBe('token_missing');
    expect(await codeOf(await send(method, path, { ...json, token: 'wrong' }))).toBe('token_invalid');
    const others = scopes.filter((other) => other !== scope).join('+');
    expect(await codeOf(await send(method, path, { ...json, token: `scopes:${others}` }))).toBe('scope_missing');
    expect(changes).toEqual([]);
    const response = await send(method, path, { ...json, token: `scopes:${scope}` });
    expect(response.status).toBeLessThan(300);
  });

  it('are refused in any other form', async () => {
    const { send, codeOf } = setUp();
    for (const authorization of [
      'Basic c2NvcGVzOnJlYWQ=',
      'Bearer',
      'Bearer a b',
      'scopes:read',
      `Bearer ${'x'.repeat(513)}`,
    ]) {
      const response = await send('GET', '/api/passports', { headers: { authorization } });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await codeOf(response)).toBe('token_invalid');
    }
  });

  it('that are wrong are refused also where none is needed', async () => {
    const { send, codeOf, changes } = setUp();
    expect(await codeOf(await send('POST', '/api/passport', { json: wanted, token: 'wrong' }))).toBe('token_invalid');
    expect(await codeOf(await send('POST', '/api/passport', { json: wanted, token: 'scopes:read' }))).toBe(
      'scope_missing',
    );
    expect(changes).toEqual([]);
  });

  it('are needed to enrol where the operator wants it', async () => {
    const { send, codeOf, changes } = setUp({ enrolment: 'token' });
    expect(await codeOf(await send('POST', '/api/passport', { json: wanted }))).toBe('token_missing');
    expect(changes).toEqual([]);
    expect((await send('POST', '/api/passport', { json: wanted, token: 'scopes:issue' })).status).toBe(201);
    // Not by those who hold a passport already.
    expect((await send('POST', `/api/renew/${KNOWN_ID}`, { json: { proof } })).status).toBe(201);
  });

  it('open the numbers where the operator wants it', async () => {
    const closed = setUp({ metricsAccess: 'token' });
    expect((await closed.send('GET', '/metrics')).status).toBe(401);
    expect((await closed.send('GET', '/metrics', { token: 'scopes:read' })).status).toBe(200);
    expect((await setUp({ metricsAccess: 'off' }).send('GET', '/metrics')).status).toBe(404);
    expect((await setUp({ docs: false }).send('GET', '/docs')).status).toBe(404);
  });
});

describe('limits', () => {
  it('hold for each client, and say when to come back', async () => {
    const { handler, codeOf } = setUp({
      clientRatePerMinute: 60,
      clientAddress: (request) => request.headers.get('x-test-address') ?? undefined,
      clock: () => 1_900_000_000_000,
    });
    const from = (address: string) =>
      handler.fetch(new Request('http://a.example/health', { headers: { 'x-test-address': address } }));
    for (let index = 0; index < 10; index += 1) expect((await from('198.51.100.1')).status).toBe(200);
    const refused = await from('198.51.100.1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await codeOf(refused)).toBe('rate_limited');
    expect((await from('::ffff:198.51.100.1')).status).toBe(429);
    expect((await from('198.51.100.2')).status).toBe(200);
    // A host has a whole network of IPv6 addresses to choose from.
    for (let index = 0; index < 10; index += 1) expect((await from(`2001:db8:1:2::${index + 1}`)).status).toBe(200);
    expect((await from('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(200);
  });

  it('hold for each token, wherever it comes from', async () => {
    const { handler } = setUp({
      tokenRatePerMinute: 60,
      clientAddress: (request) => request.headers.get('x-test-address') ?? undefined,
      clock: () => 1_900_000_000_000,
    });
    const from = (address: number, token: string) =>
      handler.fetch(
        new Request('http://a.example/api/token', {
          headers: { 'x-test-address': `198.51.100.${address}`, authorization: `Bearer ${token}` },
        }),
      );
    for (let index = 0; index < 10; index += 1) expect((await from(index, 'scopes:admin')).status).toBe(200);
    expect((await from(99, 'scopes:admin')).status).toBe(429);
    expect((await from(99, 'scopes:admin+read')).status).toBe(200);
  });

  it('hold for those who listen to events', async () => {
    const { send, codeOf, hub } = setUp();
    const streams = [await send('GET', '/api/events'), await send('GET', '/api/events')];
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    expect(streams[0]!.headers.get('content-type')).toBe('text/event-stream');
    expect(await codeOf(await send('GET', '/api/events'))).toBe('too_many_listeners');
    await streams[0]!.body!.cancel();
    expect((await send('GET', '/api/events?after=1.0')).status).toBe(200);
    hub.close();
  });
});

describe('browsers', () => {
  it('of other origins are let in by the configuration alone', async () => {
    const origin = 'https://app.example';
    const preflight = { headers: { origin, 'access-control-request-method': 'POST' } };
    const closed = setUp();
    expect(
      (await closed.send('OPTIONS', '/api/passport', preflight)).headers.get('access-control-allow-origin'),
    ).toBeNull();
    expect(
      (await closed.send('GET', '/health', { headers: { origin } })).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const open = setUp({ corsOrigins: [origin] });
    const answer = await open.send('OPTIONS', '/api/passport', preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(
      (await open.send('GET', '/health', { headers: { origin } })).headers.get('access-control-allow-origin'),
    ).toBe(origin);
    const stranger = await open.send('GET', '/health', { headers: { origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });
});
