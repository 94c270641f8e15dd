import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchBounded } from '../../src/http/bounded-fetch.js';
import type { BoundedRequest } from '../../src/http/bounded-fetch.js';
import { TestServer, json } from '../support/http-server.js';
import type { Handler } from '../support/http-server.js';

const MAX_BYTES = 1_000;
const servers: TestServer[] = [];

async function start(handler: Handler): Promise<TestServer> {
  const server = await TestServer.start(handler);
  servers.push(server);
  return server;
}

async function get(handler: Handler, options: Partial<BoundedRequest> = {}) {
  const server = await start(handler);
  const request = { url: new URL('/x', server.url), fetch, timeoutMs: 20_000, maxBytes: MAX_BYTES, ...options };
  return fetchBounded(request);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe('an authority that answers', () => {
  it('is read to the end, whatever pieces it comes in', async () => {
    const { status, body } = await get((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.write('{"a"');
      setTimeout(() => response.end(':1}'), 20);
    });
    expect([status, new TextDecoder().decode(body)]).toEqual([200, '{"a":1}']);
  });

  it('may say so much and no more', async () => {
    const { body } = await get((_request, response) => json(response, 'x'.repeat(MAX_BYTES - 2)));
    expect(body).toHaveLength(MAX_BYTES);
  });

  it('hears nothing of whoever asks but the question', async () => {
    let heard: unknown;
    await get((request, response) => {
      heard = [request.headers.cookie, request.headers.referer, request.headers.authorization, request.headers.accept];
      json(response, {});
    });
    expect(heard).toEqual([undefined, undefined, undefined, 'application/json']);
  });

  it('may say that nothing is new, to whoever asked that', async () => {
    const notModified: Handler = (_request, response) => {
      response.writeHead(304);
      response.end();
    };
    expect((await get(notModified, { headers: { 'if-none-match': '"1"' } })).status).toBe(304);
    await expect(get(notModified)).rejects.toMatchObject({ code: 'redirected' });
  });
});

describe('an authority that does not answer as it should is refused', () => {
  it.each([301, 302, 303, 307, 308])('with a redirect, which nobody follows: %i', async (status) => {
    const elsewhere = await start((_request, response) => json(response, {}));
    const redirected = get((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/secret`, 'content-type': 'application/json' });
      response.end('{}');
    });
    await expect(redirected).rejects.toMatchObject({ name: 'TrustClientError', code: 'redirected' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('with a body that is announced as too long, before it is read', async () => {
    const read = get((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(10 * MAX_BYTES) });
      response.write('{');
    });
    await expect(read).rejects.toMatchObject({ code: 'too_large' });
  });

  it('with a body that never ends, and is told to stop', async () => {
    let stopped: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => (stopped = resolve));
    const read = get((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write('x'.repeat(500)), 1);
      response.on('close', () => {
        clearInterval(timer);
        stopped?.();
      });
    });
    await expect(read).rejects.toMatchObject({ code: 'too_large' });
    await closed;
  });

  it('with a body that is small until it is decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 0x20));
    expect(bomb.length).toBeLessThan(20_000);
    const read = get(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(bomb);
      },
      { maxBytes: 1_000_000 },
    );
    await expect(read).rejects.toMatchObject({ code: 'too_large' });
  });

  it.each<[string, Handler]>([
    ['never', () => undefined],
    [
      'never after its headers',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
      },
    ],
    [
      'a byte at a time',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ])('in time: %s', async (_title, handler) => {
    await expect(get(handler, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timed_out' });
  });

  it('in time, by a fetch that heeds no signal', async () => {
    const deaf = () => new Promise<Response>(() => undefined);
    await expect(get(() => undefined, { fetch: deaf, timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed_out' });
  });

  it('to the end', async () => {
    const cut = get((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(cut).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('at all', async () => {
    const server = await start(() => undefined);
    const url = new URL(server.url);
    await server.stop();
    const request = { url, fetch, timeoutMs: 20_000, maxBytes: MAX_BYTES };
    await expect(fetchBounded(request)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it.each(['text/html', 'text/plain', 'application/problem+json', 'application/jsonp', ''])(
    'with JSON, but with %s',
    async (type) => {
      const other = get((_request, response) => {
        response.writeHead(200, type === '' ? {} : { 'content-type': type });
        response.end('{}');
      });
      await expect(other).rejects.toMatchObject({ code: 'content_type' });
    },
  );

  it.each([201, 204, 206, 400, 404, 429, 500, 503])('with status %i', async (status) => {
    const refused = get((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? undefined : '{}');
    });
    await expect(refused).rejects.toMatchObject({ code: 'http_status', httpStatus: status });
  });
});

describe('a caller', () => {
  it('ends a request when nobody wants it any more', async () => {
    const controller = new AbortController();
    const pending = get(() => undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(pending).rejects.toMatchObject({ code: 'unreachable' });
    await expect(get(() => undefined, { signal: controller.signal })).rejects.toMatchObject({ code: 'unreachable' });
  });
});
