// Started by the benchmark: node stdio-server-2.js [<file with the server's Security>]
import { readFileSync } from 'node:fs';
import { secureTransport } from '@mcps/sdk-adapter';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Security } from '../mcp/identities.js';
import { searchServer2 } from '../mcp/sdk-2.js';

const [file] = process.argv.slice(2);
const wire = new StdioServerTransport();
const security = file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Security);
serveStdio(searchServer2, {
  transport: security === undefined ? wire : secureTransport(wire, { ...security, role: 'server' }),
});
