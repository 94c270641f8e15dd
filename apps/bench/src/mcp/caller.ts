import { secureMCPClient } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Security } from './identities.js';
import { SEARCH, expectAnswer } from './session.js';

/** The official client, connected through a transport. */
export async function connect(transport: Transport, security: Security | undefined): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  if (security !== undefined) secureMCPClient(client, security);
  await client.connect(transport);
  return client;
}

/** Calls the tool once. Rejects where it does not answer in time, milliseconds. */
export async function call(client: Client, timeout = 60_000): Promise<void> {
  expectAnswer(await client.callTool(SEARCH, undefined, { timeout }));
}
