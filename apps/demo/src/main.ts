import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { demonstrate } from './demonstration.js';
import { TerminalReport } from './report/terminal.js';

const USAGE = `Usage: npm run demo [-- --json]

Connects the official MCP client to real servers through MCPS; starts a Trust Authority and has it revoke an
agent in mid-session; then attacks the connection in every way that MCPS is there to stop, and says which
check refused each attack and what plain MCP does with it.

  --json   one JSON document on standard output, and nothing else there
  --help   this text

Exit status: 0 if every honest call was answered, the revoked agent cut off within two seconds for good, and
every attack refused, otherwise 1.
`;

/** Far above what a run takes; a hung program must not hang whoever waits for it. */
const LIMIT_SECONDS = 120;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = values.json === true ? undefined : new TerminalReport(process.stdout);
  const { passed, ...rest } = await demonstrate(report);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ passed, ...rest }, null, 2)}\n`);
  return passed ? 0 : 1;
}

const limit = setTimeout(() => {
  process.stderr.write(`The demonstration has not finished within ${String(LIMIT_SECONDS)} seconds.\n`);
  process.exit(1);
}, LIMIT_SECONDS * 1000);
limit.unref();

// Exiting, and not just ending, is what lets everything that was started and written be removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `The demonstration failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
} finally {
  clearTimeout(limit);
}
