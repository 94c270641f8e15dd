import { generateKeyPair, exportPrivatePem } from '@mcps/crypto';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { secureExpress } from '../../../src/express.js';
import { secureFastify } from '../../../src/fastify.js';
import { secureHono } from '../../../src/hono.js';
import { secureHandler } from '../../../src/http.js';
import { rejectionOf } from '../../harness/expectations.js';
import { newCalls } from '../../harness/fixture-server.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import { makeParties } from '../../harness/parties.js';

const parties = await makeParties();
const { options } = parties.server;
const inner = webStandardHandler(newCalls());
const strangersKey = await exportPrivatePem((await generateKeyPair()).privateKey);

const makers = [
  ['secureHandler', (given: any) => secureHandler(inner, given)],
  ['secureExpress', (given: any) => secureExpress(given)],
  ['secureHono', (given: any) => secureHono(given)],
] as const;

const SHOWN_AT_ONCE: readonly (readonly [string, unknown, string])[] = [
  ['no options', undefined, 'option_missing'],
  ['an option that nobody knows', { ...options, trustAnchor: [] }, 'option_invalid'],
  ['a policy for batches that nobody knows', { ...options, batches: 'allow' }, 'option_invalid'],
  ['a limit of none', { ...options, maxSessions: 0 }, 'option_invalid'],
  ['a limit that is no number', { ...options, sessionIdleMs: '5' }, 'option_invalid'],
  ['a queue without room', { ...options, maxQueuedMessages: 0 }, 'option_invalid'],
  ['a public path without an origin', { ...options, publicUrl: '/mcp' }, 'option_invalid'],
  ['a public URL of another scheme', { ...options, publicUrl: 'ftp://a.example/mcp' }, 'option_invalid'],
  ['a public URL with a query', { ...options, publicUrl: 'https://a.example/mcp?x=1' }, 'option_invalid'],
  ['a public URL with a fragment', { ...options, publicUrl: 'https://a.example/mcp#' }, 'option_invalid'],
];

/** What takes reading keys and passports. */
const SHOWN_SOON: readonly (readonly [string, object, string])[] = [
  ['the key of somebody else', { ...options, privateKey: strangersKey }, 'key_mismatch'],
  ['no passport', { ...options, passport: undefined }, 'option_missing'],
  ['nobody to trust', { ...options, trustAnchors: undefined }, 'anchor_required'],
  ['a carrier that nobody knows', { ...options, carrier: 'header' }, 'option_invalid'],
];

describe.each(makers)('%s', (_, make) => {
  it.each(SHOWN_AT_ONCE)('throws for %s', (_title, given, code) => {
    expect(() => make(given)).toThrow(expect.objectContaining({ name: 'ConfigurationError', code }));
  });

  it.each(SHOWN_SOON)('tells of %s, before any request comes', async (_title, given, code) => {
    const errors: Error[] = [];
    const made = make({ ...given, onError: (error: Error) => void errors.push(error) });
    expect(await rejectionOf(made.ready())).toMatchObject({ name: 'ConfigurationError', code });
    expect(errors).toMatchObject([{ code }]);
    made.close();
  });

  it('is ready with what is in order', async () => {
    const errors: Error[] = [];
    const made = make({ ...options, onError: (error: Error) => void errors.push(error) });
    await made.ready();
    expect(errors).toEqual([]);
    made.close();
  });
});

it('a handler that is none is found at once', () => {
  expect(() => secureHandler(undefined as never, options)).toThrow('The handler must be a function.');
});

it('a request that comes all the same is rejected with the same fault', async () => {
  const handler = secureHandler(inner, { ...options, privateKey: strangersKey });
  const request = new Request('http://127.0.0.1/mcp', { method: 'POST', body: '{}' });
  expect(await rejectionOf(handler(request))).toMatchObject({ code: 'key_mismatch' });
});

describe('secureFastify', () => {
  it.each(SHOWN_AT_ONCE.filter(([, given]) => given !== undefined))(
    'rejects the registration for %s',
    async (_title, given, code) => {
      const app = Fastify();
      expect(await rejectionOf(Promise.resolve(app.register(secureFastify, given as never)))).toMatchObject({ code });
      await app.close();
    },
  );

  it.each(SHOWN_SOON)('is not ready for %s', async (_title, given, code) => {
    const app = Fastify();
    await app.register(secureFastify, given as never);
    expect(await rejectionOf(Promise.resolve(app.ready()))).toMatchObject({ code });
    await app.close();
  });
});
