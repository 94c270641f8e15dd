// Started by the benchmark: node stdio-server.js [<file with the server's Security>]
import { readFileSync } from 'node:fs';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Security } from '../mcp/identities.js';
import { searchServer } from '../mcp/search-server.js';

const [file] = process.argv.slice(2);
const security = file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Security);
await searchServer(security).connect(new StdioServerTransport());
