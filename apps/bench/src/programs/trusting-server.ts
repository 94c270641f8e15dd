// Started by the benchmark: node trusting-server.js <file with a TrustingServer>. Serves MCP to whom the authority vouches for, and prints the code of what
// cuts a session off, at the moment of it.
import { readFileSync } from 'node:fs';
import { McpsError } from '@mcps/protocol';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { createTrustClient } from '@mcps/trust-client';
import { listen } from '../mcp/http-server.js';
import type { Security } from '../mcp/identities.js';

/** What the file holds. */
export interface TrustingServer {
  readonly security: Security;
  /** Its address. */
  readonly authority: string;
  /** Does without the feed of revocations, and asks about a passport again when the last answer is so old. */
  readonly askEveryMs?: number;
}

const [file = ''] = process.argv.slice(2);
const server = JSON.parse(readFileSync(file, 'utf8')) as TrustingServer;

const { url } = await listen(await optionsOf(server), (error) => {
  if (error instanceof McpsError) process.stdout.write(`${error.code}\n`);
});
process.stdout.write(`listening at ${url.href}\n`);

async function optionsOf({ security, authority, askEveryMs }: TrustingServer): Promise<SecureOptions> {
  const common = { ...security, minTrustLevel: 2 as const };
  if (askEveryMs === undefined) return { ...common, trustAuthority: authority };
  const { trustAnchors, ...rest } = common;
  const authorities = trustAnchors.map((trustAnchor) => ({ urls: authority, trustAnchor }));
  const trustClient = await createTrustClient({ authorities, subscribe: false, maxAgeMs: askEveryMs });
  return { ...rest, trustClient, statusMaxAgeMs: askEveryMs };
}
