import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Exchange } from '../../../src/http/client/exchange.js';
import { readRequest } from '../../../src/http/client/outgoing-request.js';
import { ResponseReader } from '../../../src/http/client/response-reader.js';
import { secureFetch } from '../../../src/http.js';
import { makeParties } from '../../harness/parties.js';

/** As many requests as a connection lets wait for their answers. */
const MAX_PENDING = 10_000;

const ENDPOINT = 'http://127.0.0.1:1/mcp';
const EVENTS = { headers: { 'content-type': 'text/event-stream' } };

/** Posts one request more than may wait, each after the one before, to a server that treats them all alike. */
async function postTooMany(
  respond: () => Response,
  over: (response: Response, giveUp: () => void) => Promise<unknown>,
) {
  const { client } = await makeParties();
  const { publicKey } = client.identity;
  // Nobody verifies these signatures.
  const privateKey = { publicKey, format: 'p1363' as const, sign: () => Promise.resolve(new Uint8Array(64).fill(1)) };
  const secured = secureFetch(() => Promise.resolve(respond()), {
    ...client.options,
    privateKey,
    endpoint: ENDPOINT,
    audience: 'https://server.example/mcp',
  });
  try {
    for (let id = 0; id <= MAX_PENDING; id += 1) {
      const controller = new AbortController();
      const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' });
      const response = await secured(ENDPOINT, { method: 'POST', body, signal: controller.signal });
      await over(response, () => controller.abort());
    }
  } finally {
    secured.close();
  }
}

const anEvent = () =>
  new Response(new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode(': x\n\n')) }), EVENTS);

describe('a request that is given up leaves its place to others', () => {
  it('when it is aborted in the middle of its stream, as often as a connection has places', async () => {
    await expect(
      postTooMany(anEvent, async (response, giveUp) => {
        const reader = response.body!.getReader();
        await reader.read();
        giveUp();
        await reader.read().catch(() => undefined);
      }),
    ).resolves.toBeUndefined();
  });

  const read = async (respond: () => Response, use: (response: Response) => Promise<unknown>, count = 1) => {
    const [abandoned, over]: [unknown[], unknown[]] = [[], []];
    const reader = new ResponseReader({
      maxBodyBytes: 1000,
      receive: () => Promise.resolve(),
      abandon: (id) => void abandoned.push(id),
      over: ({ awaitedId }) => void over.push(awaitedId),
      report: () => undefined,
    });
    for (let id = 0; id < count; id += 1) {
      const init = { method: 'POST', body: '{}' };
      const exchange = new Exchange(await readRequest(ENDPOINT, init), id);
      exchange.responded(respond());
      await use(await reader.read(exchange));
    }
    return { abandoned, over };
  };

  it.each([401, 403])('when the server answers with %i, for it may never be tried again', async (status) => {
    const told = await read(
      () => new Response(null, { status }),
      (response) => response.text(),
    );
    expect(told).toEqual({ abandoned: [0], over: [0] });
  });

  it('when its stream is closed', async () => {
    expect(await read(anEvent, (response) => response.body!.cancel())).toEqual({ abandoned: [0], over: [0] });
  });

  it('when its stream breaks off behind an event with an id, and more than a thousand others do', async () => {
    let event = 0;
    const told = await read(
      () => new Response(`id: ${(event += 1)}\ndata:\n\n`, EVENTS),
      (response) => response.text(),
      1002,
    );
    expect(told.abandoned).toEqual([0, 1]);
    expect(told.over).toHaveLength(1002);
  });
});

describe('the signal of a request', () => {
  it('aborts what was fetched, with its reason, and is let go of once the request is over', async () => {
    const { client } = await makeParties();
    const fetched: AbortSignal[] = [];
    const pending = (_url: unknown, init?: RequestInit) => {
      const { signal } = init!;
      fetched.push(signal!);
      return new Promise<Response>((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
    };
    const secured = secureFetch(pending, { ...client.options, audience: 'https://server.example/mcp' });
    const controller = new AbortController();
    const { signal } = controller;
    const post = async (id: number) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'initialize', params: {} });
      return secured(ENDPOINT, { method: 'POST', body, signal });
    };
    const failed = post(1).catch((error: unknown) => error);
    await vi.waitFor(() => expect(fetched).toHaveLength(1));
    expect(fetched[0]).not.toBe(signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(fetched[0]!.reason).toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    secured.close();
  });

  it('has one listener, however many requests are open, and aborts all of them', async () => {
    const { client } = await makeParties();
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    let open = 0;
    const pending = (_url: unknown, init?: RequestInit) =>
      new Promise<Response>((_, reject) => {
        open += 1;
        init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason));
      });
    const secured = secureFetch(pending, {
      ...client.options,
      stateless: true,
      audience: 'https://server.example/mcp',
    });
    const controller = new AbortController();
    const { signal } = controller;
    const failed = Array.from({ length: 30 }, (_, id) =>
      secured(ENDPOINT, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }), signal }),
    ).map((response) => response.catch((error: unknown) => error));
    await vi.waitFor(() => expect(open).toBeGreaterThan(0));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('enough');
    expect(await Promise.all(failed)).toEqual(Array.from({ length: 30 }, () => 'enough'));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warnings).toEqual([]);
    secured.close();
  });
});
