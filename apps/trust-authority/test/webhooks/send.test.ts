import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWebhookSecret } from '../../src/webhooks/signature.js';
import { sendDelivery } from '../../src/webhooks/send.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

async function listen(server: NetServer & { closeAllConnections?: () => void }) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function receiver(answer: RequestListener, tls?: { cert: string; key: string }) {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      received.push({ headers: request.headers, method: request.method!, url: request.url!, body });
      answer(request, response);
    });
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  return { received, port: await listen(server) };
}

const secret = createWebhookSecret();
const delivery = { id: '1.7', timestampSeconds: Math.floor(Date.now() / 1000), body: '{"text":"é"}' };
const to = (url: string) => ({ url: new URL(url), address: '127.0.0.1' });
const send = (url: string, options = {}) =>
  sendDelivery(to(url), delivery, secret, { timeLimitMs: 10_000, ...options });

describe('a delivery', () => {
  it('arrives as signed, and verifies with an independent library', async () => {
    const { received, port } = await receiver((_, response) => response.writeHead(204).end());
    expect(await send(`http://127.0.0.1:${port}/hook?a=b`)).toEqual({ delivered: true, status: 204 });
    const [arrived] = received;
    expect(arrived).toMatchObject({ method: 'POST', url: '/hook?a=b', body: delivery.body });
    expect(arrived!.headers['content-type']).toBe('application/json');
    const headers = arrived!.headers as Record<string, string>;
    expect(new Webhook(secret).verify(arrived!.body, headers)).toEqual({ text: 'é' });
    expect(() => new Webhook(createWebhookSecret()).verify(arrived!.body, headers)).toThrow();
    expect(() => new Webhook(secret).verify(`${arrived!.body} `, headers)).toThrow();
    expect(() => new Webhook(secret).verify(arrived!.body, { ...headers, 'webhook-id': '1.8' })).toThrow();
    const later = { ...headers, 'webhook-timestamp': String(delivery.timestampSeconds + 1) };
    expect(() => new Webhook(secret).verify(arrived!.body, later)).toThrow();
  });

  it('goes to the address that was checked, whatever the name would lead to now', async () => {
    const { received, port } = await receiver((_, response) => response.end());
    expect(await send(`http://name.invalid:${port}/`)).toEqual({ delivered: true, status: 200 });
    expect(received[0]!.headers.host).toBe(`name.invalid:${port}`);
  });

  it('checks the certificate against the name, not the address', async () => {
    const read = (name: string) => readFile(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
    const [cert, key] = [await read('cert.pem'), await read('key.pem')];
    const { port } = await receiver((_, response) => response.end(), { cert, key });
    expect(await send(`https://hooks.example:${port}/`, { ca: cert })).toEqual({ delivered: true, status: 200 });
    expect(await send(`https://other.example:${port}/`, { ca: cert })).toEqual({
      delivered: false,
      reason: 'failed: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(await send(`https://hooks.example:${port}/`)).toMatchObject({ delivered: false });
  });

  it('follows no redirect', async () => {
    const inside = await receiver((_, response) => response.end());
    const { port } = await receiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    );
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ delivered: false, reason: 'answered with status 307' });
    expect(inside.received).toEqual([]);
  });

  it.each([400, 404, 410, 429, 500, 503])('is not delivered by a status of %d', async (status) => {
    const { port } = await receiver((_, response) => response.writeHead(status).end('<script>'));
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      delivered: false,
      reason: `answered with status ${status}`,
    });
  });

  it('waits for no answer without end, and reads none that is without end', async () => {
    const silent = await receiver(() => undefined);
    expect(await send(`http://127.0.0.1:${silent.port}/`, { timeLimitMs: 100 })).toEqual({
      delivered: false,
      reason: 'did not answer in time',
    });
    const endless = await receiver((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
      response.on('close', () => clearInterval(timer));
    });
    expect(await send(`http://127.0.0.1:${endless.port}/`)).toEqual({ delivered: true, status: 200 });
  });

  it('survives a receiver that speaks something else, or nothing', async () => {
    const garbage = createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    const port = await listen(garbage);
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      delivered: false,
      reason: 'failed: HPE_INVALID_CONSTANT',
    });
    const closed = await receiver((request) => request.socket.destroy());
    expect(await send(`http://127.0.0.1:${closed.port}/`)).toEqual({ delivered: false, reason: 'failed: ECONNRESET' });
    expect(await send('http://127.0.0.1:1/')).toEqual({ delivered: false, reason: 'failed: ECONNREFUSED' });
  });
});
