import { AuthorityClient, readToken } from '../../authority/authority-client.js';
import type { Cli } from '../../cli.js';
import { isObject } from '../../files/read-input.js';
import type { JsonObject } from '@mcps/protocol';
import { collect, defined, leaf, parseDuration } from '../../leaf.js';
import { table } from '../../output/table.js';

const admin = (name: string, description: string) =>
  leaf(name, description)
    .requiredOption('--trust-authority <url>', 'the authority')
    .option('--token-file <file>', 'token for it (or MCPS_AUTHORITY_TOKEN)');

async function clientOf(
  { trustAuthority: url, tokenFile }: { readonly trustAuthority: string; readonly tokenFile?: string },
  cli: Cli,
): Promise<AuthorityClient> {
  return new AuthorityClient({ url, token: await readToken(tokenFile, cli.process) });
}

/** `mcps authority health`: whether it can sign and answer now. */
export function healthCommand(cli: Cli) {
  return admin('health', 'ask whether an authority can sign and answer now').action((options) =>
    cli.run(options, async (output) => {
      const health = await (await clientOf(options, cli)).get('/health');
      const checks = isObject(health['checks']) ? Object.entries(health['checks']) : [];
      output.result(health, () => table(checks.map(([name, state]) => [name, String(state)])));
      return undefined;
    }),
  );
}

/** `mcps authority passports`: searches what was issued. */
export function passportsCommand(cli: Cli) {
  return admin('passports', 'search the passports that an authority has issued, newest first')
    .option('--name <prefix>', 'names that begin with this')
    .option('--status <status>', 'VALID, REVOKED or EXPIRED')
    .option('--limit <number>', 'at most so many, up to 500')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .action((options) =>
      cli.run(options, async (output) => {
        const { name, status, limit, cursor } = options;
        const query = new URLSearchParams(defined({ name_prefix: name, status, limit, cursor }));
        const page = await (await clientOf(options, cli)).get(`/api/passports?${query.toString()}`);
        const records = Array.isArray(page['passports']) ? page['passports'].filter(isObject) : [];
        output.result(page, () =>
          table([
            ...records.map(rowOf),
            ...(typeof page['cursor'] === 'string' ? [[`more: --cursor ${page['cursor']}`]] : []),
          ]),
        );
        return undefined;
      }),
    );
}

function rowOf({ passport, status, expires_at: expires }: JsonObject): readonly string[] {
  const { passport_id: id, agent, trust_level: level } = isObject(passport) ? passport : {};
  return [
    String(id),
    String(status),
    isObject(agent) ? String(agent['name']) : '',
    `level ${String(level)}`,
    String(expires),
  ];
}

/** `mcps authority token`: makes a token, and prints it: this once, and to nobody else. */
export function tokenCommand(cli: Cli) {
  return admin('token', 'make a token for some scopes; it is told this once')
    .requiredOption('--name <name>', 'whom it is for')
    .requiredOption('--scope <scope>', 'issue, revoke, read, audit or admin; repeatable', collect)
    .option('--ttl <time>', 'how long it counts', parseDuration)
    .action((options) =>
      cli.run(options, async (output) => {
        const { name, scope: scopes, ttl } = options;
        const token = await (
          await clientOf(options, cli)
        ).post('/api/token', { name, scopes, ...defined({ ttl_seconds: ttl }) });
        output.result(token, () => String(token['token']));
        return undefined;
      }),
    );
}
