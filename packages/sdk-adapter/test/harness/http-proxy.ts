import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Attacker } from './attacker.js';
import type { Wire } from './message.js';

/** An attacker on the way to an HTTP server: a reverse proxy on loopback that rewrites JSON and SSE bodies in both directions. */
export interface HttpAttacker {
  readonly url: URL;
  readonly attacker: Attacker;
  close(): Promise<void>;
}

export async function attackHttp(target: URL, attacker = new Attacker()): Promise<HttpAttacker> {
  const server = createServer((incoming, outgoing) => {
    relay(target, attacker, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}${target.pathname}`),
    attacker,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function relay(
  target: URL,
  attacker: Attacker,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readAll(incoming);
  const rewritten = body === '' ? [] : await attacker.rewrite('toServer', JSON.parse(body));
  if (body !== '' && rewritten.length === 0) {
    outgoing.writeHead(202).end();
    return;
  }
  // Further messages are sent first, in requests of their own, whose answers nobody hears.
  for (const extra of rewritten.slice(0, -1)) await discard(target, incoming, JSON.stringify(extra));
  const last = rewritten.at(-1);
  const upstream = await forward(target, incoming, last === undefined ? undefined : JSON.stringify(last));
  const headers = { ...upstream.headers };
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  outgoing.writeHead(upstream.statusCode ?? 502, headers);
  const type = upstream.headers['content-type'] ?? '';
  if (type.includes('text/event-stream')) await relayEvents(attacker, upstream, outgoing);
  else if (type.includes('application/json')) await relayJson(attacker, upstream, outgoing);
  else upstream.pipe(outgoing);
  outgoing.on('close', () => upstream.destroy());
}

async function relayJson(attacker: Attacker, upstream: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readAll(upstream);
  const messages = body === '' ? [] : await attacker.rewrite('toClient', JSON.parse(body));
  outgoing.end(messages.length === 0 ? '' : JSON.stringify(messages.at(-1)));
}

async function relayEvents(attacker: Attacker, upstream: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.flushHeaders();
  outgoing.on('close', () => upstream.destroy());
  let buffer = '';
  upstream.setEncoding('utf8');
  try {
    for await (const chunk of upstream) {
      buffer += String(chunk);
      for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
        const event = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        await relayEvent(attacker, event, outgoing);
      }
    }
  } catch {
    // The stream was cut off: by the server closing, or by the client leaving.
  }
  outgoing.end();
}

async function relayEvent(attacker: Attacker, event: string, outgoing: ServerResponse): Promise<void> {
  const data = event
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
    .join('\n');
  // Comments, and the endpoint event of the older transport, are no messages.
  if (data === '' || event.includes('event: endpoint')) {
    outgoing.write(`${event}\n\n`);
    return;
  }
  const messages: Wire[] = await attacker.rewrite('toClient', JSON.parse(data));
  for (const message of messages) outgoing.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}

function forward(target: URL, incoming: IncomingMessage, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, host: target.host };
    delete headers['content-length'];
    delete headers['transfer-encoding'];
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const upstream = request(
      {
        host: target.hostname,
        port: target.port,
        path: incoming.url,
        method: incoming.method,
        headers,
        agent: false,
      },
      resolve,
    );
    upstream.on('error', reject);
    upstream.end(body);
  });
}

async function discard(target: URL, incoming: IncomingMessage, body: string): Promise<void> {
  const response = await forward(target, incoming, body);
  await readAll(response);
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
