import { exportPublicPem, generateKeyPair } from '@mcps/crypto';
import type { Cli } from '../cli.js';
import { writePrivateFile, writePublicFile } from '../files/write-file.js';
import { newPassphrase } from '../keys/passphrase.js';
import { privateKeyPem } from '../keys/private-key.js';
import { leaf } from '../leaf.js';

/** `mcps keygen`: a P-256 key pair; the private half goes to a file of its own, and nowhere else. */
export function keygenCommand(cli: Cli) {
  return leaf('keygen', 'make a key pair (ES256); the private key is written for its owner alone, and never printed')
    .requiredOption('--out <file>', 'where the private key goes, PKCS#8 PEM')
    .option('--public-out <file>', 'where the public key goes, SPKI PEM')
    .option(
      '--encrypt',
      'encrypt the private key with a passphrase (asked for, of --passphrase-file or MCPS_PASSPHRASE)',
    )
    .option('--passphrase-file <file>', 'file with the passphrase; implies --encrypt')
    .option('--force', 'replace files that exist')
    .action((options) =>
      cli.run(options, async (output) => {
        const { out, publicOut, passphraseFile, force = false } = options;
        const encrypts = options.encrypt === true || passphraseFile !== undefined;
        const source = { process: cli.process, passphraseFile };
        const passphrase = encrypts ? await newPassphrase(source) : undefined;
        const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
        await writePrivateFile(out, await privateKeyPem(privateKey, passphrase), { force });
        if (publicOut !== undefined) await writePublicFile(publicOut, await exportPublicPem(publicKey), { force });
        const { thumbprint, jwk } = publicKey;
        const result = {
          privateKeyFile: out,
          publicKeyFile: publicOut,
          encrypted: encrypts,
          thumbprint,
          publicKey: jwk,
        };
        output.result(result, () =>
          [
            `private key  ${out}${encrypts ? ' (encrypted)' : ''}`,
            ...(publicOut === undefined ? [] : [`public key   ${publicOut}`]),
            `thumbprint   ${thumbprint}`,
          ].join('\n'),
        );
        return undefined;
      }),
    );
}
