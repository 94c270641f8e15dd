import { INITIALIZE } from '../../harness/secured-pair.js';
import type { Wire } from '../../harness/message.js';
import type { End } from './ends.js';

const RESULT: Wire = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {}, logging: {} },
  serverInfo: { name: 's', version: '1' },
};

/** Takes both ends through the handshake of the 2025 revisions. */
export async function shakeHands(client: End, server: End): Promise<void> {
  const initialized = new Promise<void>((resolve) => {
    server.receive = (message) => {
      if (message.method === 'initialize')
        void server.send({ jsonrpc: '2.0', id: message.id, result: RESULT }, message.id);
      if (message.method === 'notifications/initialized') resolve();
    };
  });
  const answered = new Promise<void>((resolve, reject) => {
    client.receive = (message) => {
      if (message.result === undefined) reject(new Error(JSON.stringify(message)));
      else resolve();
    };
  });
  await client.send({ ...structuredClone(INITIALIZE), id: 'initialize' });
  await answered;
  await client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await initialized;
}
