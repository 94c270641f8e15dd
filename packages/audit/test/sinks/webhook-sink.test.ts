import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createWebhookHandler } from '@mcps/trust-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuditLog, webhookSink } from '../../src/index.js';
import type { AuditError, AuditRecord, WebhookSinkOptions } from '../../src/index.js';
import { numbered } from '../support/events.js';

const secret = `whsec_${randomBytes(32).toString('base64')}`;

/** A receiver that verifies as trust-client does, and answers as it is told to first. */
class Receiver {
  readonly batches: AuditRecord[][] = [];
  readonly ids: string[] = [];
  readonly statuses: number[] = [];
  answers: number[] = [];
  hangs = false;
  url = '';
  #server: Server | undefined;

  async start(secrets = [secret]): Promise<this> {
    const handle = await createWebhookHandler({ secrets }, (body) => {
      this.batches.push((JSON.parse(new TextDecoder().decode(body)) as { records: AuditRecord[] }).records);
      return Promise.resolve(true);
    });
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.ids.push(String(request.headers['webhook-id']));
        if (this.hangs) return;
        const answer = this.answers.shift();
        const given = {
          method: 'POST',
          headers: request.headers as Record<string, string>,
          body: Buffer.concat(chunks),
        };
        const done = (status: number): void => {
          this.statuses.push(status);
          response.writeHead(status, status === 302 ? { location: `${this.url}elsewhere` } : {}).end();
        };
        if (answer !== undefined) done(answer);
        else void handle(new Request(this.url, given)).then(({ status }) => done(status));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

const open: Receiver[] = [];
async function start(secrets?: string[]): Promise<Receiver> {
  const receiver = await new Receiver().start(secrets);
  open.push(receiver);
  return receiver;
}
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.stop();
});

async function send(url: string, count: number, options: Partial<WebhookSinkOptions> = {}) {
  const errors: AuditError[] = [];
  const log = createAuditLog({
    sinks: [webhookSink(url, { secret, ...options })],
    onError: (error) => errors.push(error),
    closeTimeoutMs: 20_000,
  });
  for (const event of numbered(count)) log.sink(event);
  return { report: await log.close(), errors };
}

describe('a webhook', () => {
  it('gets the records in batches that the verifier of an authority’s webhooks verifies', async () => {
    const receiver = await start();
    expect((await send(receiver.url, 250)).report).toEqual({ lost: 0, unwritten: [] });
    expect(receiver.batches.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(receiver.batches.flat().map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, index) => index));
    expect(receiver.statuses).toEqual([204, 204, 204]);
  });

  it('is never given more at once than receivers take', async () => {
    const receiver = await start();
    await send(receiver.url, 256, { batch: 256 });
    expect(receiver.batches.flat()).toHaveLength(256);
    for (const batch of receiver.batches)
      expect(JSON.stringify({ records: batch }).length).toBeLessThanOrEqual(60 * 1024);
    expect(receiver.batches.length).toBeGreaterThan(1);
  });

  it('is tried again with the same id, as long as that may help', async () => {
    const receiver = await start();
    receiver.answers = [503, 429];
    expect((await send(receiver.url, 1)).report.lost).toBe(0);
    expect(receiver.statuses).toEqual([503, 429, 204]);
    expect(new Set(receiver.ids).size).toBe(1);
  });

  it('is given up after so many attempts, and what it has taken is not counted as lost', async () => {
    const receiver = await start();
    receiver.answers = [204, 500, 500];
    const { report, errors } = await send(receiver.url, 150, { retries: 1 });
    expect(report.lost).toBe(50);
    expect(receiver.batches.flat()).toMatchObject([{ event: 'audit.lost', count: 50 }]);
    expect(errors).toMatchObject([{ code: 'events_lost', count: 50, cause: { code: 'delivery_failed' } }]);
  });

  it('is not tried again where that cannot help', async () => {
    const receiver = await start();
    receiver.answers = [400];
    await send(receiver.url, 1);
    expect(receiver.statuses[0]).toBe(400);
    expect(new Set(receiver.ids).size).toBe(receiver.ids.length);
  });

  it('does not wait for ever, and follows nowhere', async () => {
    const hanging = await start();
    hanging.hangs = true;
    const { report } = await send(hanging.url, 1, { timeoutMs: 50, retries: 0 });
    expect(report.lost).toBe(1);
    const redirecting = await start();
    redirecting.answers = [302, 302];
    expect((await send(redirecting.url, 1, { retries: 0 })).report.lost).toBe(1);
    expect(redirecting.statuses).toEqual([302, 302]);
  });

  it('refuses a signature by another secret: that is a final answer', async () => {
    const receiver = await start([`whsec_${randomBytes(32).toString('base64')}`]);
    expect((await send(receiver.url, 1)).report.lost).toBe(1);
    expect(receiver.statuses.every((status) => status === 401)).toBe(true);
  });

  it('shows neither secret nor address in its errors, nor in itself', async () => {
    const token = createHash('sha256').update('token').digest('hex');
    const { errors } = await send(`http://127.0.0.1:1/?token=${token}`, 1, { retries: 0 });
    expect(errors.length).toBeGreaterThan(0);
    const shown = inspect([errors, webhookSink(`https://logs.example/?token=${token}`, { secret })], {
      depth: 20,
      showHidden: true,
    });
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(secret.slice(6));
  });

  it.each([
    'http://logs.example/',
    'https://user:word@logs.example/',
    'ftp://127.0.0.1/',
    'http://127.0.0.1.example/',
    '',
  ])('has no address %s', (url) => {
    expect(() => webhookSink(url, { secret })).toThrow(expect.objectContaining({ code: 'option_invalid' }));
  });

  it.each(['', 'whsec_', `whsec_${randomBytes(23).toString('base64')}`, secret.slice(6)])(
    'has no such secret (%#)',
    (wrong) => {
      let error: unknown;
      try {
        webhookSink('https://logs.example/', { secret: wrong });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: 'option_invalid' });
      if (wrong.length > 6) expect(String(error)).not.toContain(wrong);
    },
  );
});
