import { readFile } from 'node:fs/promises';
import { Agent, get, request } from 'node:http';
import { get as getSecure } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ListenError, startHttpServer } from '../../src/server/http-server.js';
import type { HttpServerOptions } from '../../src/server/http-server.js';

const hello = { fetch: async () => new Response('hello') };

async function start(options: Partial<HttpServerOptions> = {}) {
  const server = await startHttpServer({ handler: hello, host: '127.0.0.1', port: 0, ...options });
  onTestFinished(() => server.stop(0));
  return server;
}

describe('the server', () => {
  it('says where it listens, and answers there', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('says that the port is in use, and what to do', async () => {
    const { url } = await start();
    const second = start({ port: Number(new URL(url).port) });
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toThrow(/in use.*MCPS_AUTHORITY_PORT/);
  });

  it('says that the host is none of this machine', async () => {
    await expect(start({ host: '203.0.113.1' })).rejects.toThrow(/MCPS_AUTHORITY_HOST/);
  });

  it('speaks TLS with a certificate and its key', async () => {
    const read = (name: string) => readFile(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
    const [cert, key] = [await read('cert.pem'), await read('key.pem')];
    const { url } = await start({ tls: { cert, key } });
    expect(url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      getSecure(url, { ca: cert, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(200);
  });

  it('finishes what it is answering before it stops, and closes what only waits', async () => {
    let release: (() => void) | undefined;
    const arrived = new Promise<void>((onArrival) => {
      void startHttpServer({
        host: '127.0.0.1',
        port: 0,
        handler: {
          fetch: async () => {
            const released = new Promise<void>((resolve) => (release = resolve));
            onArrival();
            await released;
            return new Response('late');
          },
        },
      }).then((server) => {
        const agent = new Agent({ keepAlive: true });
        const answer = new Promise<string>((resolve, reject) => {
          get(server.url, { agent }, (response) => {
            let text = '';
            response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
            response.on('end', () => resolve(text));
          }).on('error', reject);
        });
        results = { server, answer, agent };
      });
    });
    let results: { server: { url: string; stop(ms: number): Promise<void> }; answer: Promise<string>; agent: Agent };
    await arrived;
    const idle = connect(Number(new URL(results!.server.url).port), '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.on('close', resolve));
    await new Promise((resolve) => idle.on('connect', resolve));
    const stopped = results!.server.stop(30_000);
    release!();
    expect(await results!.answer).toBe('late');
    await stopped;
    await idleClosed;
    results!.agent.destroy();
  });

  it('ends after the time of grace what does not end by itself', async () => {
    const server = await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      handler: { fetch: () => new Promise<Response>(() => undefined) },
    });
    const failed = new Promise((resolve) => request(server.url).on('error', resolve).end());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.stop(50);
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });
});
