import { secureMCPClient } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Contestant } from '../harness/contestant.js';
import type { Security } from './identities.js';

/** The official client, connected through a transport. */
export async function connect(transport: Transport, security: Security | undefined): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  if (security !== undefined) secureMCPClient(client, security);
  await client.connect(transport);
  return client;
}

/** Calls the tool again and again, one call after the other. */
export function caller(name: string, client: Client, rest: Partial<Contestant> = {}): Contestant {
  return {
    name,
    ...rest,
    run: (operations, watch) =>
      watch.timeAsync(async () => {
        for (let left = operations; left > 0; left--) await call(client);
      }),
  };
}

/** Calls the tool once. Rejects where it does not answer in time, milliseconds. */
export async function call(client: Client, timeout = 60_000): Promise<void> {
  const request = {
    name: 'search_documents',
    arguments: { query: 'quarterly report of the northern region', limit: 25, includeArchived: false },
  };
  const { isError, content } = await client.callTool(request, undefined, { timeout });
  if (isError === true || !Array.isArray(content) || content.length !== 1) throw new Error('The tool has not answered');
}
