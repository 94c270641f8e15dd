import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { absolutesOf, compared } from '../harness/budget.js';
import type { Budget, Measured } from '../harness/budget.js';
import { programPath } from '../harness/child.js';
import { Contest } from '../harness/contest.js';
import type { Plan } from '../harness/contest.js';
import { caller, connect } from '../mcp/caller.js';
import { listen } from '../mcp/http-server.js';
import type { Listening } from '../mcp/http-server.js';
import { issueIdentities } from '../mcp/identities.js';
import type { Security } from '../mcp/identities.js';

const SECURED = 'secured';
const PLAIN = 'plain';

/** Budget 4: what a secured call costs with all that a call takes anyway. Two signatures and two verifications are in it. */
export const roundTrip: Budget = {
  name: 'round-trip',
  title: 'tools/call with the official client, one in flight',
  measure: async ({ plan }) => {
    const identities = await issueIdentities();
    const parts = [await overHttp(identities, plan), await overStdio(identities, plan)];
    return {
      measurements: parts.flatMap(({ measurements }) => measurements),
      absolutes: parts.flatMap(({ absolutes }) => absolutes),
    };
  },
};

interface Identities {
  readonly server: Security;
  readonly client: Security;
}

/** Client and servers share this process, so that processor time counts both sides. */
async function overHttp({ server, client }: Identities, plan: Plan): Promise<Measured> {
  const servers: Listening[] = [];
  const clients: Client[] = [];
  const open = async (security: { server?: Security; client?: Security }): Promise<Client> => {
    const listening = await listen(security.server);
    servers.push(listening);
    const connected = await connect(new StreamableHTTPClientTransport(listening.url), security.client);
    clients.push(connected);
    return connected;
  };
  try {
    const contestants = [caller(PLAIN, await open({})), caller(SECURED, await open({ server, client }))];
    return measured('Streamable HTTP', await Contest.hold(contestants, plan), 1.3);
  } finally {
    for (const each of clients) await each.close();
    for (const each of servers) await each.close();
  }
}

/** Each server is a child process, as usual with stdio. */
async function overStdio({ server, client }: Identities, plan: Plan): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-bench-'));
  const clients: Client[] = [];
  const open = async (args: readonly string[], security?: Security): Promise<Client> => {
    const command = [programPath('stdio-server'), ...args];
    const connected = await connect(new StdioClientTransport({ command: process.execPath, args: command }), security);
    clients.push(connected);
    return connected;
  };
  try {
    const file = join(folder, 'server.json');
    await writeFile(file, JSON.stringify(server), { mode: 0o600 });
    const elsewhere = { usesOtherProcesses: true };
    const contestants = [
      caller(PLAIN, await open([]), elsewhere),
      caller(SECURED, await open([file], client), elsewhere),
    ];
    return measured('stdio', await Contest.hold(contestants, plan), 3);
  } finally {
    for (const each of clients) await each.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function measured(what: string, contest: Contest, limit: number): Measured {
  return {
    measurements: [compared(contest, what, SECURED, PLAIN, { kind: 'at most', limit })],
    absolutes: absolutesOf(contest, what),
  };
}
