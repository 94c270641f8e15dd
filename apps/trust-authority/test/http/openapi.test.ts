import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../src/http/create-http-handler.js';
import { stubServices } from '../support/stub-authority.js';

const handler = createHttpHandler(stubServices().services, { publicUrl: 'https://authority.example' });
const get = (path: string) => handler.fetch(new Request(`http://authority.example${path}`));

describe('the description of the interface', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const document = await (await get('/openapi.json')).json();
    const validator = new Validator();
    const outcome = await validator.validate(document);
    expect(outcome.errors).toBeUndefined();
    expect(outcome.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    expect(document.servers).toEqual([{ url: 'https://authority.example' }]);
  });

  it('names every endpoint, its token, its bodies and its refusals', async () => {
    const { paths, components } = await (await get('/openapi.json')).json();
    for (const path of [
      '/api/enroll',
      '/api/passport',
      '/api/passport/{id}',
      '/api/verify/{id}',
      '/api/revoke/{id}',
      '/api/renew/{id}',
      '/api/rotate/{id}',
      '/api/crl',
      '/api/bundle',
      '/api/staple/{id}',
      '/api/ta/public-key',
      '/api/ta/jwks.json',
      '/api/ta/key-set',
      '/api/webhook/register',
      '/api/events',
      '/api/scan/{id}',
      '/api/audit/{id}',
      '/api/log/tree-head',
      '/api/log/inclusion',
      '/api/log/consistency',
      '/api/log/entries',
      '/health',
      '/ready',
      '/metrics',
    ]) {
      expect(Object.keys(paths)).toContain(path);
    }
    const revoke = paths['/api/revoke/{id}'].post;
    expect(revoke.security).toEqual([{}, { token: [] }]);
    expect(paths['/api/passports'].get.security).toEqual([{ token: [] }]);
    expect(revoke.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/RevokeRequest');
    expect(Object.keys(revoke.responses).sort()).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '429',
      '500',
    ]);
    expect(components.schemas.RevocationReason.enum).toContain('key_compromise');
    expect(paths['/api/verify/{id}'].get.security).toEqual([]);
    const ids = Object.values<any>(paths).flatMap((item) =>
      Object.values<any>(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a page that loads nothing and runs nothing', async () => {
    const response = await get('/docs');
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(html).toContain('/api/verify/{id}');
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bon\w+=|href="(?!#|\/openapi\.json")/);
  });
});
