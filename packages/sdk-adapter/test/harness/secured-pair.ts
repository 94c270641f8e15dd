import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { secureTransport } from '../../src/index.js';
import type { SecuredTransport } from '../../src/index.js';
import type { Wire } from './message.js';
import type { Parties } from './parties.js';

/** One end of a secured pair: the decorator, and what came out of it. */
export interface SecuredEnd {
  readonly transport: SecuredTransport;
  readonly inner: InMemoryTransport;
  readonly delivered: Wire[];
  readonly errors: Error[];
}

export interface SecuredPair {
  readonly client: SecuredEnd;
  readonly server: SecuredEnd;
  /** Everything that crossed the wire, by the same references. */
  readonly wire: Wire[];
}

/** Two secured transports joined in memory, started, no handshake yet. */
export async function securedPair(parties: Parties): Promise<SecuredPair> {
  const [left, right] = InMemoryTransport.createLinkedPair();
  const wire: Wire[] = [];
  for (const inner of [left, right]) {
    const send = inner.send.bind(inner);
    inner.send = async (message, options) => {
      wire.push(message);
      await send(message, options);
    };
  }
  const client = end(left, secureTransport(left, { ...parties.client.options, role: 'client' }));
  const server = end(right, secureTransport(right, { ...parties.server.options, role: 'server' }));
  await server.transport.start();
  await client.transport.start();
  return { client, server, wire };
}

function end(inner: InMemoryTransport, transport: SecuredTransport): SecuredEnd {
  const delivered: Wire[] = [];
  const errors: Error[] = [];
  transport.onmessage = (message) => void delivered.push(message);
  transport.onerror = (error) => void errors.push(error);
  return { transport, inner, delivered, errors };
}

export const INITIALIZE: Wire = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
};

const INITIALIZE_RESULT: Wire = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 's', version: '1' },
};

/** Takes a secured pair through the handshake by hand, without the SDK's client and server. */
export async function handshake(pair: SecuredPair): Promise<void> {
  await pair.client.transport.send(structuredClone(INITIALIZE));
  await settled(() => pair.server.delivered.length === 1);
  await pair.server.transport.send({ jsonrpc: '2.0', id: 0, result: structuredClone(INITIALIZE_RESULT) });
  await settled(() => pair.client.delivered.length === 1);
  await pair.client.transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await settled(() => pair.server.delivered.length === 2);
  pair.client.delivered.length = 0;
  pair.server.delivered.length = 0;
  pair.wire.length = 0;
}

export async function settled(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('timed out');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
