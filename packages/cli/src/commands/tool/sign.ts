import { signTool } from '@mcps/protocol';
import type { Cli } from '../../cli.js';
import { readInput } from '../../files/read-input.js';
import { writePublicFile } from '../../files/write-file.js';
import { readIdentity } from '../../identity/identity.js';
import { identitySource } from '../../identity/identity-source.js';
import { importKey } from '../../keys/private-key.js';
import { leaf } from '../../leaf.js';
import { toolsIn } from '../../tools/read-tools.js';

/** `mcps tool sign`: signs whole tool definitions, as their author. */
export function signCommand(cli: Cli) {
  return leaf('sign', 'sign tool definitions, every member of them')
    .argument('[file]', 'a tool, a list, or the result of tools/list, JSON; - or nothing for standard input')
    .option('--identity <file>', 'identity of the author (or MCPS_IDENTITY_FILE)')
    .option('--passport <file>', 'or the passport')
    .option('--key <file>', 'and its private key')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .option('--out <file>', 'where the signed tools go (default: standard output)')
    .option('--force', 'replace a file that exists')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const { passphraseFile, out, force = false } = options;
        const source = identitySource(options, cli.process.env);
        const mayAsk = file !== undefined && file !== '-';
        const { passport, privateKey } = await readIdentity(source, { process: cli.process, passphraseFile, mayAsk });
        const key = await importKey(privateKey);
        const document = toolsIn(await readInput(file, cli.process));
        const passportId = passport.passport_id;
        const signed = document.with(
          await Promise.all(document.tools.map((tool) => signTool(tool, { passportId, key }))),
        );
        if (out === undefined) {
          output.result(signed, () => JSON.stringify(signed, undefined, 2));
          return undefined;
        }
        await writePublicFile(out, JSON.stringify(signed, undefined, 2), { force });
        const count = document.tools.length;
        output.result(
          { file: out, signedBy: passportId, tools: count },
          () => `${out}  ${count} signed by ${passportId}`,
        );
        return undefined;
      }),
    );
}
