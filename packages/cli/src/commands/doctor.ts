import { platform, versions } from 'node:process';
import manifest from '../../package.json' with { type: 'json' };
import type { Cli } from '../cli.js';
import { authorityUrl } from '../authority/authority-client.js';
import { checkAuthority, checkIdentity, checkMode, checkRuntime } from '../doctor/checks.js';
import type { Check } from '../doctor/checks.js';
import { EXIT } from '../exit-codes.js';
import { nonEmpty } from '../identity/identity-source.js';
import { collect, leaf } from '../leaf.js';
import { table } from '../output/table.js';

/** `mcps doctor`: whether clock, keys, passports and the authority are as they must be. */
export function doctorCommand(cli: Cli) {
  return leaf('doctor', 'check the clock, keys and their modes, passports, the authority, and versions')
    .option('--identity <file>', 'an identity; repeatable (or MCPS_IDENTITY_FILE)', collect)
    .option('--key <file>', 'a private key file; repeatable (or MCPS_PRIVATE_KEY_FILE)', collect)
    .option('--trust-authority <url>', 'an authority (or MCPS_TRUST_AUTHORITY)')
    .option('--passphrase-file <file>', 'passphrase of encrypted keys')
    .action((options) =>
      cli.run(options, async (output) => {
        const { env } = cli.process;
        const given = (files: readonly string[] | undefined, variable: string): readonly string[] =>
          files ?? [nonEmpty(env[variable])].filter((file) => file !== undefined);
        const identities = given(options.identity, 'MCPS_IDENTITY_FILE');
        const keys = given(options.key, 'MCPS_PRIVATE_KEY_FILE');
        const authority = nonEmpty(options.trustAuthority ?? env['MCPS_TRUST_AUTHORITY']);
        const checks: Check[] = [{ name: 'mcps', state: 'ok', detail: manifest.version }, checkRuntime(versions.node)];
        const passphrase = { process: cli.process, passphraseFile: options.passphraseFile };
        for (const file of [...identities, ...keys]) checks.push(await checkMode(file, platform));
        for (const file of identities) checks.push(...(await checkIdentity(file, passphrase)));
        if (authority !== undefined) checks.push(...(await checkAuthority(authorityUrl(authority))));
        const { green, yellow, red } = output.colors;
        const paint = { ok: green, warning: yellow, fault: red, unreachable: red };
        const lines = (): string => {
          const rows = table(checks.map(({ name, state, detail }) => [state, name, detail])).split('\n');
          return rows.map((row, index) => paint[checks[index]?.state ?? 'ok'](row)).join('\n');
        };
        const has = (state: Check['state']): boolean => checks.some((check) => check.state === state);
        output.result({ healthy: !has('fault') && !has('unreachable'), checks }, lines);
        return has('fault') ? EXIT.refused : has('unreachable') ? EXIT.unreachable : EXIT.ok;
      }),
    );
}
