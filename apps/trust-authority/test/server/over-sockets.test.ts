import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createHttpHandler } from '../../src/http/create-http-handler.js';
import { startHttpServer } from '../../src/server/http-server.js';
import { stubServices } from '../support/stub-authority.js';

async function start() {
  const stub = stubServices();
  const handler = createHttpHandler(stub.services);
  const server = await startHttpServer({ handler, host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    stub.hub.close();
    await server.stop(0);
  });
  const { hostname, port } = new URL(server.url);
  return { ...stub, url: server.url, open: () => connect(Number(port), hostname) };
}

describe('over real sockets', () => {
  it('a listener that goes away is forgotten', async () => {
    const { url, hub } = await start();
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/events`, { signal: leaving.signal });
    await response.body!.getReader().read();
    expect(hub.clientCount).toBe(1);
    leaving.abort();
    await vi.waitFor(() => expect(hub.clientCount).toBe(0), 10_000);
  });

  it('a listener that does not read is cut off, and nothing more is kept for it', async () => {
    const { open, hub, feed } = await start();
    const socket = open();
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    const complaint = vi.spyOn(console, 'error');
    socket.pause();
    socket.write('GET /api/events HTTP/1.1\r\nhost: a\r\n\r\n');
    await vi.waitFor(() => expect(hub.clientCount).toBe(1), 10_000);
    // Until the kernel takes no more, and then until the buffer is full.
    for (let round = 0; round < 400 && hub.clientCount > 0; round += 1) {
      feed.revoke(500);
      await new Promise(setImmediate);
    }
    expect(hub.clientCount).toBe(0);
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect(complaint).not.toHaveBeenCalled();
  });

  it('a body that is too large is refused, and the connection does not hang', async () => {
    const { url, changes } = await start();
    const response = await fetch(`${url}/api/passport`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x'.repeat(3_000_000) }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
    expect(changes).toEqual([]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it.each([
    'GET /health HTTP/1.1\r\n\r\n',
    'GET /health HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
    'SSH-2.0-x\r\n\r\n',
    '\x16\x03\x01\x02\x00',
    'GET http://[ HTTP/1.1\r\nhost: a\r\n\r\n',
    'GET //evil.example/health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET /health HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n',
    'POST /api/token HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n{}',
  ])('what is no request of ours gets a refusal or nothing, and the server goes on: %j', async (text) => {
    const { open, url } = await start();
    const answer = await new Promise<string>((resolve) => {
      const socket = open();
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('error', () => resolve(received));
      socket.on('close', () => resolve(received));
      socket.write(text);
      setTimeout(() => socket.end(), 300);
    });
    expect(answer).not.toMatch(/^HTTP\/1\.1 (200|500)/);
    expect(answer).not.toContain('    at ');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});
