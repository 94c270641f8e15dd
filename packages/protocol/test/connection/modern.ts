import type { JsonObject } from '../../src/index.js';
import { Pair, call } from './harness.js';
import type { PairOptions } from './harness.js';

/** What a client of revision 2026-07-28 says of itself in each message. */
export function claims(version = '2026-07-28'): JsonObject {
  return {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'agent', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
}

/** A message as a client of that revision sends it. */
export function modern(message: JsonObject, version?: string): JsonObject {
  return { ...message, params: { ...(message['params'] as JsonObject | undefined), _meta: claims(version) } };
}

export const modernCall = (id: number | string, name?: string): JsonObject => modern(call(id, name));

export const discover = (id: number | string = 'probe-1'): JsonObject =>
  modern({ jsonrpc: '2.0', id, method: 'server/discover' });

export const discovered = (id: number | string = 'probe-1'): JsonObject => ({
  jsonrpc: '2.0',
  id,
  result: { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
});

export const methodNotFound = (id: number | string = 'probe-1'): JsonObject => ({
  jsonrpc: '2.0',
  id,
  error: { code: -32601, message: 'Method not found' },
});

export const cancelled = (requestId: number | string): JsonObject =>
  modern({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });

/** A client that has asked its server what it is, and knows. */
export async function acquainted(options?: PairOptions): Promise<Pair> {
  const pair = await Pair.create(options);
  await pair.send('client', discover());
  await pair.send('server', discovered());
  return pair;
}
