import { StdioClientTransport as StdioClientTransport2 } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as StdioClientTransport1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { endOf } from './support/ends.js';
import { shakeHands } from './support/handshake.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import { MeddledTransport } from './support/meddled-transport.js';
import type { Meddler } from './support/meddler.js';
import { remoteEnd } from './support/remote-end.js';
import { AGAIN, CLEAN, runPath } from './support/run-path.js';
import type { OpenPath } from './support/run-path.js';
import { COUNT, RUN_TIMEOUT_MS } from './support/settings.js';

/** One process of its own for the server's end, and standard input and output between. */
async function openStdio(line: '1' | '2', meddler: Meddler, parties: Parties | undefined): Promise<OpenPath> {
  const remote = await remoteEnd(`stdio-${line}.mjs`, parties);
  const program = { command: process.execPath, args: [...remote.args], env: remote.env };
  const stdio = line === '1' ? new StdioClientTransport1(program) : new StdioClientTransport2(program);
  const wire = new MeddledTransport(stdio, meddler);
  const transport = parties ? secureTransport(wire, { ...parties.client.options, role: 'client' }) : wire;
  const client = endOf(transport);
  await transport.start();
  await remote.ready;
  await shakeHands(client, remote.end);
  return {
    client,
    server: remote.end,
    close: async () => {
      await transport.close();
      await remote.close();
    },
  };
}

describe.each(['1', '2'] as const)('the decorator over stdio of SDK %s.x', (line) => {
  it(
    `delivers ${COUNT} messages as they were sent, and nothing else, whatever is put beside them`,
    async () => {
      const parties = await makeParties(UNLIMITED_PARTIES);
      const { verdict, messages, injected } = await runPath({
        count: COUNT,
        open: (meddler) => openStdio(line, meddler, parties),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(messages).toBeGreaterThanOrEqual(COUNT);
      expect(injected).toBeGreaterThan(COUNT / 20);
    },
    RUN_TIMEOUT_MS,
  );

  it('delivers them as the transport alone does, and tells of no error, where nobody is on the way', async () => {
    const parties = await makeParties(UNLIMITED_PARTIES);
    for (const secured of [parties, undefined]) {
      const { verdict, errors } = await runPath({
        count: COUNT / 10,
        share: 0,
        open: (meddler) => openStdio(line, meddler, secured),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(errors).toEqual({ client: [], server: [] });
    }
  });
});
