import { SELF_ISSUER, signPassport } from '@mcps/protocol';
import type { Passport, UnsignedPassport } from '@mcps/protocol';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { parseObject, readInput } from '../../files/read-input.js';
import { readAuthorityFile } from '../../identity/authority-file.js';
import { deliverPassport } from '../../identity/issue.js';
import { readPrivateKey } from '../../keys/private-key.js';
import { leaf } from '../../leaf.js';

/** `mcps passport sign`: signs an unsigned passport with the key of the issuer that it names. */
export function signCommand(cli: Cli) {
  return leaf('sign', 'sign a passport as the issuer that it names')
    .argument('[file]', 'the unsigned passport, JSON; - or nothing for standard input')
    .option(
      '--authority <file>',
      'authority file of "mcps init", or {passport, privateKey, chain?} of a delegated issuer',
    )
    .option('--key <file>', 'for a passport of the issuer "self": its own private key')
    .option('--passphrase-file <file>', 'passphrase of the key')
    .option('--out <file>', 'where it goes (default: standard output)')
    .option('--force', 'replace a file that exists')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const passphrase = { process: cli.process, passphraseFile: options.passphraseFile };
        // What it says is checked by whoever signs it.
        const unsigned = parseObject(await readInput(file, cli.process), 'passport') as object as UnsignedPassport;
        const signed = await signAs(unsigned, options, passphrase);
        await deliverPassport(signed, output, options);
        return undefined;
      }),
    );
}

async function signAs(
  unsigned: UnsignedPassport,
  { authority: authorityFile, key: keyFile }: { readonly authority?: string; readonly key?: string },
  passphrase: Parameters<typeof readPrivateKey>[1],
): Promise<Passport> {
  const named = unsigned.issuer ?? SELF_ISSUER;
  if (authorityFile !== undefined) {
    const authority = await readAuthorityFile(authorityFile, passphrase);
    const name = 'issuer' in authority ? authority.issuer : authority.passport.passport_id;
    if (named !== name) {
      throw new UsageError(`The passport names another issuer than this authority, which is ${name}.`, {
        reason: 'issuer_differs',
        nextStep: `Create it with --issuer ${name}, or issue it at once: "mcps passport create --authority FILE".`,
      });
    }
    if ('issuer' in authority) return signPassport(unsigned, authority.key);
    const issuerChain = [authority.passport, ...(authority.chain ?? [])];
    return signPassport(unsigned, authority.key, { issuerChain });
  }
  if (keyFile === undefined) throw new UsageError('Who signs? Give --authority FILE, or --key FILE.');
  if (named !== SELF_ISSUER) {
    throw new UsageError('--key signs passports of the issuer "self" alone.', {
      nextStep: 'Give the authority that the passport names with --authority FILE.',
    });
  }
  return signPassport(unsigned, await readPrivateKey(keyFile, passphrase));
}
