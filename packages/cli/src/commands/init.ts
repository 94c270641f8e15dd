import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { issuePassport } from '@mcps/protocol';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { writePrivateFile, writePublicFile } from '../files/write-file.js';
import { newPassphrase } from '../keys/passphrase.js';
import { privateKeyPem } from '../keys/private-key.js';
import { collect, leaf, parseDuration } from '../leaf.js';

const DEFAULT_TTL_SECONDS = 90 * 86_400;
const DEFAULT_NAMES = ['server', 'agent'];

/** `mcps init`: an authority on this machine, and identities that it vouches for, in the form that every other command takes. */
export function initCommand(cli: Cli) {
  return leaf('init', 'make an authority on this machine, and identities for a server and an agent')
    .argument('[folder]', 'where the files go', 'mcps')
    .option('--issuer <name>', 'name of the authority', 'local-authority')
    .option('--name <name>', 'whom to make an identity for; repeatable (default: server and agent)', collect)
    .option('--ttl <time>', 'how long the passports count (default: 90d)', parseDuration)
    .option('--encrypt', "encrypt the authority's key with a passphrase")
    .option('--passphrase-file <file>', 'file with the passphrase; implies --encrypt')
    .option('--force', 'replace files that exist')
    .action((folder, options) =>
      cli.run(options, async (output) => {
        const { issuer, name: names = DEFAULT_NAMES, ttl = DEFAULT_TTL_SECONDS, force = false } = options;
        const { passphraseFile } = options;
        for (const name of names) checkName(name);
        const paths = { authority: join(folder, 'authority.json'), anchors: join(folder, 'anchors.json') };
        const identities = names.map((name) => ({ name, file: join(folder, `${name}.json`) }));
        // All or nothing: half of an old set and half of a new one would not fit together.
        const inTheWay = [...Object.values(paths), ...identities.map(({ file }) => file)].find((path) =>
          existsSync(path),
        );
        if (inTheWay !== undefined && !force) {
          throw new UsageError(`${inTheWay} exists already, and is not overwritten.`, {
            reason: 'file_exists',
            nextStep:
              'Choose another folder, or replace everything with --force: what was issued before no longer counts.',
          });
        }
        const encrypts = options.encrypt === true || passphraseFile !== undefined;
        const passphrase = encrypts ? await newPassphrase({ process: cli.process, passphraseFile }) : undefined;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const authority = await generateKeyPair({ extractable: true });
        const trustAnchors = [{ issuer, keys: [authority.publicKey.jwk] }];
        const made = [];
        for (const { name, file } of identities) {
          const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
          const passport = await issuePassport({
            authority: { issuer, key: authority.privateKey },
            subject: { name, version: '1.0.0', publicKey },
            ttlSeconds: ttl,
          });
          const identity = { passport, privateKey: await privateKeyPem(privateKey, undefined), trustAnchors };
          await writePrivateFile(file, JSON.stringify(identity, undefined, 2), { force });
          made.push({ name, file, passportId: passport.passport_id, expiresAt: passport.expires_at });
        }
        const own = { issuer, privateKey: await privateKeyPem(authority.privateKey, passphrase) };
        await writePrivateFile(paths.authority, JSON.stringify(own, undefined, 2), { force });
        await writePublicFile(paths.anchors, JSON.stringify(trustAnchors, undefined, 2), { force });
        const result = { issuer, authorityFile: paths.authority, anchorsFile: paths.anchors, identities: made };
        output.result(result, () => summary(result));
        return undefined;
      }),
    );
}

interface Made {
  readonly authorityFile: string;
  readonly anchorsFile: string;
  readonly identities: readonly { readonly name: string; readonly file: string; readonly passportId: string }[];
}

function summary({ authorityFile, anchorsFile, identities }: Made): string {
  const [server, agent] = identities;
  return [
    `${authorityFile}  the authority: keep it secret, and off the machines that only use passports`,
    `${anchorsFile}  its public key: what others need to believe it`,
    ...identities.map(({ name, file, passportId }) => `${file}  ${name}: ${passportId}`),
    ...(server === undefined || agent === undefined
      ? []
      : [
          '',
          'Put MCPS between any client and any server:',
          `  the server's side:  mcps wrap --identity ${server.file} -- <command of the server>`,
          `  the client's side:  mcps connect --identity ${agent.file} -- <command of the server's side>`,
        ]),
  ].join('\n');
}

/** A name is part of a file's name. */
function checkName(name: string): void {
  if (/^[\w-][\w.-]{0,63}$/.test(name) && !['authority', 'anchors'].includes(name)) return;
  throw new UsageError(`${JSON.stringify(name.slice(0, 64))} cannot be the name of an identity here.`, {
    nextStep: 'Use up to 64 letters, digits, dots, dashes and underscores.',
  });
}
