import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemoryPassportStore, createTrustAnchors, verifyPassport } from '@mcps/protocol';
import type { PassportStore } from '@mcps/protocol';
import type { Authority, Identity } from './identities.js';
import type { HttpServer } from './http-server.js';
import type { Wire } from './message.js';
import { fixture } from './stdio.js';

/** A peer of published 1.0, of `fixtures/published-format.mjs`. */
export interface PublishedPeer {
  sign(message: Wire): Wire;
  /** The message without its envelope; throws unless it verifies. */
  open(message: Wire): Wire;
}

interface PublishedFormat {
  readonly PublishedPeer: new (settings: Wire) => PublishedPeer;
  readonly answerTo: (message: Wire) => Wire;
}

const format = (await import(fixture('published-format.mjs'))) as PublishedFormat;
const { answerTo } = format;
export const { PublishedPeer } = format;

/** Who a published peer is, and whom it believes; as JSON, what the programs among the fixtures take from their environment. */
export const settingsOf = (self: Identity, ...peers: readonly Identity[]): Wire => ({
  passportId: self.passport.passport_id,
  jwk: self.jwk,
  peers: Object.fromEntries(peers.map(({ passport, publicKey }) => [passport.passport_id, publicKey.jwk])),
});

/** A store that holds passports which were handed over beforehand: published peers do not show theirs. */
export async function storeWith(authority: Authority, ...identities: readonly Identity[]): Promise<PassportStore> {
  const [store, anchors] = [new MemoryPassportStore(), await createTrustAnchors(authority.anchors)];
  for (const { passport } of identities) await store.put(await verifyPassport(passport, { anchors, now: Date.now() }));
  return store;
}

/** A published server over HTTP, with what it was posted. Tests may change what it says. */
export interface PublishedHttpServer extends HttpServer {
  readonly posted: Wire[];
  /** Every fault of what was posted. */
  readonly faults: unknown[];
  /** How an answer goes onto the wire. */
  write: (answer: Wire) => Wire;
}

export async function servePublished(peer: PublishedPeer, asEvents: boolean): Promise<PublishedHttpServer> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
      try {
        const answer = answerTo(take(JSON.parse(Buffer.concat(chunks).toString())));
        if (answer === undefined) return response.writeHead(202).end();
        const headers = { 'mcp-session-id': 'published' };
        if (!asEvents) {
          response.writeHead(200, { ...headers, 'content-type': 'application/json' });
          return response.end(JSON.stringify(server.write(answer)));
        }
        response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
        const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'so far' } };
        const events = answer.id === 0 ? [server.write(answer)] : [peer.sign(note), server.write(answer)];
        return response.end(events.map((event) => `event: message\ndata: ${JSON.stringify(event)}\n\n`).join(''));
      } catch (error) {
        server.faults.push(error);
        return response.writeHead(400).end();
      }
    });
  });
  const take = (message: Wire): Wire => {
    server.posted.push(message);
    return peer.open(message);
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: PublishedHttpServer = {
    url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`),
    posted: [],
    faults: [],
    write: (answer) => peer.sign(answer),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
