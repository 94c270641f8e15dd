import { Option } from '@commander-js/extra-typings';
import { isPassportId } from '@mcps/protocol';
import { AuthorityClient, readToken } from '../../authority/authority-client.js';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { readText } from '../../files/read-input.js';
import { passportIn } from '../../identity/read-passport.js';
import { readPrivateKey } from '../../keys/private-key.js';
import { leaf } from '../../leaf.js';

const REASONS = [
  'security_violation',
  'scan_failure',
  'key_compromise',
  'manual_revoke',
  'owner_request',
  'superseded',
] as const;

/** `mcps passport revoke`: has the authority revoke a passport, with a token or by the passport's own key. For good. */
export function revokeCommand(cli: Cli) {
  return leaf('revoke', 'revoke a passport, for good: with a token of the authority, or with its own key')
    .argument('<passport>', 'the passport id, or a file with the passport')
    .requiredOption('--trust-authority <url>', 'the authority that issued it')
    .addOption(new Option('--reason <reason>', 'why').choices(REASONS).makeOptionMandatory())
    .option('--token-file <file>', 'token with the scope revoke (or MCPS_AUTHORITY_TOKEN)')
    .option('--key <file>', 'in its place: the private key of the passport; for key_compromise and owner_request')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .action((passport, options) =>
      cli.run(options, async (output) => {
        const { trustAuthority: url, reason, key: keyFile, tokenFile, passphraseFile } = options;
        const id = await passportIdOf(passport);
        // With a key, no token is sent: the authority would judge by the token.
        const token = keyFile === undefined ? await readToken(tokenFile, cli.process) : undefined;
        const client = new AuthorityClient({ url, token });
        const key =
          keyFile === undefined ? undefined : await readPrivateKey(keyFile, { process: cli.process, passphraseFile });
        const proof = key === undefined ? undefined : await client.prove(key);
        const revoked = await client.post(`/api/revoke/${id}`, { reason, ...(proof === undefined ? {} : { proof }) });
        const { reason: recorded, revoked_at: at, is_new: isNew } = revoked;
        output.result(revoked, () =>
          isNew === false
            ? `${id} was revoked before, ${String(at)}: ${String(recorded)}`
            : `${id} is revoked, ${String(at)}`,
        );
        return undefined;
      }),
    );
}

/** @throws UsageError for a file that cannot be read */
async function passportIdOf(argument: string): Promise<string> {
  const isId: boolean = isPassportId(argument);
  if (isId) return argument;
  if (argument.startsWith('asp_')) throw new UsageError('A passport id is asp_ and 32 lower-case hex characters.');
  return passportIn(await readText(argument, 'passport')).passport_id;
}
