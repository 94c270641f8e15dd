import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPrivatePem } from '@mcps/crypto';
import type { TrustAnchorOptions } from '@mcps/protocol';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { programPath, startServer } from '../harness/child.js';
import type { ServerProcess } from '../harness/child.js';
import { call, connect } from '../mcp/caller.js';
import type { Security } from '../mcp/identities.js';
import type { TrustingServer } from '../programs/trusting-server.js';
import type { AuthorityProcess, Enrolled } from './authority-process.js';

const REVOKED = 'MCPS-003';
/** No answer about the revocation could be had in time: refused, but not for it. */
const UNAVAILABLE = 'MCPS-007';
const LONGEST_WAIT_MS = 60_000;
const SESSION_LIMIT_MS = 10_000;
const SESSION_ATTEMPTS = 5;

/** Starts one of the MCP servers that believe the authority, in a process of its own. */
export async function startTrustingServer(
  authority: AuthorityProcess,
  anchor: TrustAnchorOptions,
  rest: Pick<TrustingServer, 'askEveryMs'> = {},
): Promise<ServerProcess> {
  const security = await securityOf(await authority.enrol('server'), anchor);
  const folder = await mkdtemp(join(tmpdir(), 'mcps-bench-'));
  try {
    const file = join(folder, 'server.json');
    const content: TrustingServer = { security, authority: authority.url.href, ...rest };
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    return await startServer(programPath('trusting-server'), [file]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The official client with a session at a server, that has called it once. On a machine that is busy enough a server cannot have the status of a passport in
 * time, and refuses the session: then it is opened again.
 */
export async function openSession(server: ServerProcess, agent: Enrolled, anchor: TrustAnchorOptions): Promise<Client> {
  const security = await securityOf(agent, anchor);
  for (let attempt = 1; ; attempt++) {
    const transport = new StreamableHTTPClientTransport(server.url);
    try {
      const client = await connect(transport, security);
      await call(client, SESSION_LIMIT_MS);
      return client;
    } catch (error) {
      await transport.close();
      if (attempt === SESSION_ATTEMPTS) throw error;
    }
  }
}

/** Resolves when a server cuts a session off because of a revocation. */
export function cutOff(server: ServerProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('A server has not heard of a revocation')), LONGEST_WAIT_MS);
    server.onLine((line) => {
      if (line !== REVOKED) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Whether a call is refused because of a revocation. Rejects where it fails for another reason. */
export async function isRefused(client: Client): Promise<boolean> {
  try {
    await call(client);
    return false;
  } catch (error) {
    const { data } = error as { readonly data?: { readonly code?: string } };
    if (data?.code === REVOKED) return true;
    if (data?.code === UNAVAILABLE) return false;
    throw error;
  }
}

async function securityOf({ passport, privateKey }: Enrolled, anchor: TrustAnchorOptions): Promise<Security> {
  return { passport, privateKey: await exportPrivatePem(privateKey), trustAnchors: [anchor] };
}
