import { secureTransport } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Authority } from '../world/authority.js';
import { Bank } from '../world/bank.js';
import { exercise } from './honest-run.js';
import type { HonestReport } from './honest-run.js';

/** Runs the official client against an McpServer over Streamable HTTP on loopback. */
export async function runHttp(authority: Authority): Promise<HonestReport> {
  const [bankIdentity, agent] = [await authority.issue('bank'), await authority.issue('agent')];
  const trustAnchors = [authority.anchor];
  const level2 = { minTrustLevel: 2, statusSource: authority.status } as const;
  const bank = await Bank.open({
    passport: bankIdentity.passport,
    privateKey: bankIdentity.privateKey,
    trustAnchors,
    ...level2,
  });
  const client = new Client({ name: 'agent', version: '1.0.0' });
  try {
    const transport = secureTransport(new StreamableHTTPClientTransport(bank.url) as Transport, {
      role: 'client',
      passport: agent.passport,
      privateKey: agent.privateKey,
      trustAnchors,
      ...level2,
    });
    await client.connect(transport);
    const { peer } = transport;
    if (peer === undefined) throw new Error('The server has not identified itself');
    const calls = [{ label: 'transfer 10 to alice', name: 'transfer', args: { to: 'alice', amount: 10 } }];
    return {
      server: 'McpServer of the official SDK',
      transport: 'Streamable HTTP',
      peer,
      ...(await exercise(client, calls)),
    };
  } finally {
    await client.close();
    await bank.close();
  }
}
