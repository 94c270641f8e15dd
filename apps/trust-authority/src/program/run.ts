import { stdout, stderr } from 'node:process';
import { formatTimestamp } from '@mcps/protocol';
import { ConfigError } from '../config/config-error.js';
import { loadConfig } from '../config/load-config.js';
import { CustodyError } from '../custody/custody-error.js';
import { AuthorityError } from '../error.js';
import { PrivateFileError } from '../files/private-file.js';
import { KEY_PURPOSES } from '../keys/key-ring.js';
import { createMetrics } from '../observability/metrics.js';
import { ListenError } from '../server/http-server.js';
import { VERSION } from '../version.js';
import { exportBundle, readExportBundleOptions } from './export-bundle.js';
import { createLogger } from './logger.js';
import { openServices } from './open-services.js';
import type { OpenedServices } from './open-services.js';
import { serve } from './serve.js';
import { UsageError } from './usage-error.js';

const ROTATED = ['root', ...KEY_PURPOSES] as const;

const USAGE = `mcps-authority ${VERSION}

usage: mcps-authority [command]

  serve                 start the authority (the default)
  init                  make keys, database and the first token, print them, and end
  anchor                print what verifiers configure, and end
  rotate-keys <purpose> [--compromised]
                        make a new key for: ${ROTATED.join(', ')}; it signs once everybody can know of it, and with
                        --compromised at once, while nothing that the old one has signed counts any more
  export-bundle --out FILE [--passports NUMBER] [--days NUMBER]
                        write what a site without a connection needs: keys, list, and the newest passports that count
                        (10000); it counts for 7 days
  help, version

Settings are environment variables that begin with MCPS_AUTHORITY_, such as HOST, PORT, DATA_DIR, DATABASE_URL, ADMIN_TOKEN, TLS_CERT and TLS_KEY, or members
of the JSON file that MCPS_AUTHORITY_CONFIG names. The README lists them all.
`;

/** Runs the command line; resolves to the exit code: 0, 1 for a failure, 2 for a mistake of whoever called. */
export async function run(args: readonly string[]): Promise<number> {
  const [command = 'serve', ...rest] = args;
  if (['help', '--help', '-h'].includes(command)) return print(USAGE);
  if (['version', '--version'].includes(command)) return print(`${VERSION}\n`);
  try {
    switch (command) {
      case 'serve':
        return await runServe();
      case 'init':
        return await withServices(async ({ services, firstToken }) => {
          printFirst(firstToken?.token, services.keys.anchor());
          return 0;
        });
      case 'anchor':
        return await withServices(async ({ services }) => print(`${JSON.stringify(services.keys.anchor())}\n`));
      case 'export-bundle': {
        const options = readExportBundleOptions(rest);
        return await withServices(async ({ services }) => {
          const { number, passports, expires_at } = await exportBundle(services.authority.status, options);
          return print(`bundle ${number} with ${passports.length} passports, until ${expires_at}\n`);
        });
      }
      case 'rotate-keys':
        return await rotateKeys(rest);
      default:
        stderr.write(`mcps-authority: there is no command "${command.slice(0, 64)}"\n\n${USAGE}`);
        return 2;
    }
  } catch (error) {
    const isExpected = [UsageError, ConfigError, CustodyError, AuthorityError, ListenError, PrivateFileError].some(
      (known) => error instanceof known,
    );
    // An operator can do something about what is expected. Of the rest the whole is needed to find out.
    stderr.write(
      `mcps-authority: ${isExpected || !(error instanceof Error) ? messageOf(error) : String(error.stack)}\n`,
    );
    return error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
  }
}

async function runServe(): Promise<number> {
  const config = await loadConfig();
  const logger = createLogger(config);
  const served = await serve(config, logger);
  printFirst(served.firstToken?.token, served.anchor);
  stdout.write(`listening at ${served.url}\n`);
  const signal = await nextSignal();
  logger.info({ signal }, 'stopping');
  await served.stop();
  logger.flush();
  return 0;
}

/** A second signal ends the program at once, as signals do. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}

async function rotateKeys([purpose, flag, ...rest]: readonly string[]): Promise<number> {
  const wanted = ROTATED.find((known) => known === purpose);
  if (wanted === undefined || (flag !== undefined && flag !== '--compromised') || rest.length > 0) {
    throw new UsageError(`rotate-keys needs one of: ${ROTATED.join(', ')}, and takes --compromised`);
  }
  return withServices(async ({ services }) => {
    const isCompromised = flag !== undefined;
    const { name, thumbprint, signsFromMs } = await services.keys.rotate(wanted, { isCompromised });
    return print(`${name} ${thumbprint} signs from ${formatTimestamp(signsFromMs)}\n`);
  });
}

async function withServices(work: (opened: OpenedServices) => Promise<number>): Promise<number> {
  const config = await loadConfig();
  const logger = createLogger(config);
  const opened = await openServices(config, { metrics: createMetrics({ withProcess: false }), logger });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

function printFirst(token: string | undefined, anchor: object): void {
  if (token !== undefined) stdout.write(`admin token (shown this once): ${token}\n`);
  stdout.write(`trust anchor: ${JSON.stringify(anchor)}\n`);
}

function print(text: string): number {
  stdout.write(text);
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
