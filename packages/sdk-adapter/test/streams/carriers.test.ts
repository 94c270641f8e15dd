import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { createConnection, resolveSecurity } from '@mcps/protocol';
import { expect, it } from 'vitest';
import { secureStreams } from '../../src/streams.js';
import { isSigned } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
};
const RESULT = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's', version: '1' } };

const lineOf = async (stream: PassThrough): Promise<any> => JSON.parse(String((await once(stream, 'data'))[0]));

it.each(['top-level', 'meta'] as const)(
  'a server over byte streams answers where the client signs: %s',
  async (carrier) => {
    const parties = await makeParties();
    const wire = { input: new PassThrough(), output: new PassThrough() };
    const secured = await secureStreams(wire, { ...parties.server.options, role: 'server' });
    const config = await resolveSecurity('client', { ...parties.client.options, carrier });
    const client = await createConnection(config, { delivery: 'ordered' });
    const [sent] = await client.protect(INITIALIZE);
    if (sent?.type !== 'send') throw new Error('not sent');
    const asked = lineOf(secured.input as PassThrough);
    wire.input.write(`${JSON.stringify(sent.message)}\n`);
    expect(await asked).toMatchObject({ method: 'initialize' });
    const answered = lineOf(wire.output);
    secured.output.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result: RESULT })}\n`);
    const answer = await answered;
    expect([answer.mcps !== undefined, isSigned(answer)]).toEqual([carrier === 'top-level', carrier === 'meta']);
    expect((await client.open(answer))[0]).toMatchObject({ type: 'deliver', identity: {} });
    await secured.close();
  },
);
