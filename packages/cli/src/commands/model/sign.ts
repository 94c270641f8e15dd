import { basename, extname } from 'node:path';
import { signModel } from '@mcps/protocol';
import { hashModelFile } from '@mcps/protocol/node';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { errorCode } from '../../errors/error-code.js';
import { writePublicFile } from '../../files/write-file.js';
import { readIdentity } from '../../identity/identity.js';
import { identitySource } from '../../identity/identity-source.js';
import { importKey } from '../../keys/private-key.js';
import { defined, leaf } from '../../leaf.js';
import { progressBar } from '../../output/progress.js';

/** `mcps model sign`: states what a model file is, with its hash, and signs that. */
export function signCommand(cli: Cli) {
  return leaf('sign', 'sign a model file of any size, as its publisher')
    .argument('<file>', 'the model')
    .option('--name <name>', 'its name (default: that of the file)')
    .requiredOption('--model-version <version>', 'its version')
    .option('--format <format>', 'its format, such as safetensors or gguf (default: from the name of the file)')
    .option('--source <url>', 'where it comes from')
    .option('--licence <licence>', 'its licence, such as an SPDX expression')
    .option('--identity <file>', 'identity of the publisher (or MCPS_IDENTITY_FILE)')
    .option('--passport <file>', 'or the passport')
    .option('--key <file>', 'and its private key')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .option('--out <file>', 'where the signed metadata goes (default: the file with .mcps.json added)')
    .option('--force', 'replace a file that exists')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const { source, licence, passphraseFile, force = false, out = `${file}.mcps.json` } = options;
        const format = options.format ?? extname(file).slice(1);
        if (format === '') throw new UsageError('The format cannot be told from the name of the file: give --format.');
        const from = identitySource(options, cli.process.env);
        const { passport, privateKey } = await readIdentity(from, { process: cli.process, passphraseFile });
        const key = await importKey(privateKey);
        const fileHash = await hashFile(file, cli, output.json);
        const metadata = {
          name: options.name ?? basename(file),
          version: options.modelVersion,
          format,
          file_hash: fileHash,
          ...defined({ source, licence }),
        };
        const signed = await signModel(metadata, { passportId: passport.passport_id, key });
        await writePublicFile(out, JSON.stringify(signed, undefined, 2), { force });
        const result = { file: out, signedBy: signed.signed_by, fileHash };
        output.result(result, () => `${out}\nsha256 ${fileHash}`);
        return undefined;
      }),
    );
}

/** @throws UsageError for a file that cannot be read */
async function hashFile(file: string, cli: Cli, json: boolean): Promise<string> {
  const bar = progressBar(cli.process, json);
  try {
    return await hashModelFile(file, { onProgress: ({ bytesRead, bytesTotal }) => bar.update(bytesRead, bytesTotal) });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new UsageError(`The model cannot be read (${errorCode(error)}).`, {
        reason: 'file_unreadable',
        cause: error,
      });
    }
    throw error;
  } finally {
    bar.end();
  }
}
