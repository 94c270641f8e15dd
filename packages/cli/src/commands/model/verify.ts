import { verifyModelFile } from '@mcps/protocol/node';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { errorCode } from '../../errors/error-code.js';
import { parseInput, readText } from '../../files/read-input.js';
import { collect, leaf } from '../../leaf.js';
import { progressBar } from '../../output/progress.js';
import { table } from '../../output/table.js';
import { readSigners } from '../../tools/signers.js';

/** `mcps model verify`: whether a file is the model that its publisher has signed. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify a model file against the signed metadata beside it')
    .argument('<file>', 'the model')
    .option('--metadata <file>', 'the signed metadata (default: the file with .mcps.json added)')
    .option('--passport <file>', 'passport of a publisher; repeatable', collect)
    .option('--anchors <file>', 'trust anchors for these passports; repeatable', collect)
    .option('--trust-authority <url>', 'ask this authority whether they are revoked')
    .option('--public-key <file>', 'in their place: the key that must have signed, trusted as it is')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const { metadata = `${file}.mcps.json` } = options;
        const signers = await readSigners(options, output);
        const signed = parseInput(await readText(metadata, 'metadata'), 'metadata');
        const bar = progressBar(cli.process, output.json);
        const onProgress = ({ bytesRead, bytesTotal }: { bytesRead: number; bytesTotal: number }): void =>
          bar.update(bytesRead, bytesTotal);
        const verified = await verifyModelFile(file, signed, signers, { onProgress })
          .catch((error: unknown) => {
            if (!(error instanceof Error && 'syscall' in error)) throw error;
            const options = { reason: 'file_unreadable', cause: error };
            throw new UsageError(`The model cannot be read (${errorCode(error)}).`, options);
          })
          .finally(() => bar.end());
        const { model, signedBy, signedAtMs } = verified;
        const signedAt = new Date(signedAtMs).toISOString();
        output.result({ valid: true, model, signedBy, signedAt }, () =>
          table([
            ['valid', `${model.name} ${model.version} (${model.format})`],
            ['signed by', signedBy],
            ['signed at', signedAt],
            ['sha256', model.file_hash],
          ]),
        );
        return undefined;
      }),
    );
}
