import { Option } from '@commander-js/extra-typings';
import { signMessage } from '@mcps/protocol';
import type { Cli } from '../cli.js';
import { parseObject, readInput } from '../files/read-input.js';
import { writePublicFile } from '../files/write-file.js';
import { readIdentity } from '../identity/identity.js';
import { identitySource } from '../identity/identity-source.js';
import { importKey } from '../keys/private-key.js';
import { defined, leaf } from '../leaf.js';

/** `mcps sign`: signs one JSON-RPC message. */
export function signCommand(cli: Cli) {
  return leaf('sign', 'sign a JSON-RPC message')
    .argument('[file]', 'the message, JSON; - or nothing for standard input')
    .option('--identity <file>', 'identity: passport and key (or MCPS_IDENTITY_FILE)')
    .option('--passport <file>', 'or the passport')
    .option('--key <file>', 'and its private key')
    .addOption(
      new Option('--carrier <place>', 'where the envelope goes')
        .choices(['top-level', 'meta'] as const)
        .default('top-level' as const),
    )
    .option('--channel-binding <text>', 'value of the channel below that the verifier knows too')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .option('--out <file>', 'where the signed message goes (default: standard output)')
    .option('--force', 'replace a file that exists')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const { carrier, channelBinding, passphraseFile, out, force = false } = options;
        const source = identitySource(options, cli.process.env);
        const fromInput = file === undefined || file === '-';
        const passphrase = { process: cli.process, passphraseFile, mayAsk: !fromInput };
        const { passport, privateKey } = await readIdentity(source, passphrase);
        const key = await importKey(privateKey);
        const message = parseObject(await readInput(file, cli.process), 'message');
        const signing = { passportId: passport.passport_id, key, carrier, ...defined({ channelBinding }) };
        const { message: signed } = await signMessage(message, signing);
        if (out === undefined) {
          output.result(signed, () => JSON.stringify(signed));
          return undefined;
        }
        await writePublicFile(out, JSON.stringify(signed), { force });
        output.result({ file: out, passportId: passport.passport_id }, () => out);
        return undefined;
      }),
    );
}
