import { importPublicKey } from '@mcps/crypto';
import type { Passport } from '@mcps/protocol';
import { AuthorityClient, readToken } from '../../authority/authority-client.js';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { parseObject } from '../../files/read-input.js';
import { readSecretFile } from '../../files/secret-file.js';
import { writePrivateFile } from '../../files/write-file.js';
import { readAuthorityFile } from '../../identity/authority-file.js';
import { readIdentity } from '../../identity/identity.js';
import { identitySource } from '../../identity/identity-source.js';
import { deliverPassport, issue } from '../../identity/issue.js';
import { passportIn } from '../../identity/read-passport.js';
import { importKey } from '../../keys/private-key.js';
import { defined, leaf, parseDuration } from '../../leaf.js';

/** `mcps passport renew`: a successor for the same key, of a Trust Authority or of an authority on this machine. */
export function renewCommand(cli: Cli) {
  return leaf('renew', 'get a successor of a passport, for the same key')
    .option('--identity <file>', 'identity: passport and key; --out then gets an identity too')
    .option('--passport <file>', 'or the passport')
    .option('--key <file>', 'and its private key')
    .option('--trust-authority <url>', 'the authority that issued it')
    .option('--token-file <file>', 'token for it (or MCPS_AUTHORITY_TOKEN), where it wants one')
    .option('--authority <file>', 'or the authority file of "mcps init"')
    .option('--ttl <time>', 'how long it counts, such as 90d', parseDuration)
    .option('--passphrase-file <file>', 'passphrase of the key, or of the authority')
    .option('--out <file>', 'where it goes (default: standard output)')
    .option('--force', 'replace a file that exists')
    .action((options) =>
      cli.run(options, async (output) => {
        const { trustAuthority: url, authority: authorityFile, passphraseFile, ttl, out, force = false } = options;
        if ((url === undefined) === (authorityFile === undefined)) {
          throw new UsageError('Who renews it? Give --trust-authority URL, or --authority FILE.');
        }
        const passphrase = { process: cli.process, passphraseFile };
        const source = identitySource(options, cli.process.env);
        if ('file' in source && out === undefined) {
          throw new UsageError('Give --out FILE: an identity has a private key in it, and is not printed.');
        }
        const identity = await readIdentity(source, passphrase);
        const { passport } = identity;
        let renewed: Passport;
        if (url !== undefined) {
          const client = new AuthorityClient({ url, token: await readToken(options.tokenFile, cli.process) });
          const proof = await client.prove(await importKey(identity.privateKey));
          const body = { proof, ...defined({ ttl_seconds: ttl }) };
          const answer = await client.post(`/api/renew/${passport.passport_id}`, body);
          renewed = passportIn(JSON.stringify(answer['passport']));
        } else {
          renewed = await reissue(passport, await readAuthorityFile(authorityFile ?? '', passphrase), ttl);
        }
        if (!('file' in source) || out === undefined) {
          await deliverPassport(renewed, output, options);
          return undefined;
        }
        // As it stands in the file, where the key may be encrypted.
        const file = parseObject(await readSecretFile(source.file, 'identity'), 'identity file');
        await writePrivateFile(out, JSON.stringify({ ...file, passport: renewed }, undefined, 2), { force });
        const { passport_id: passportId, expires_at: expiresAt } = renewed;
        const result = { file: out, passportId, expiresAt, supersedes: passport.passport_id };
        output.result(result, () => `${out}  ${passportId}, until ${expiresAt}`);
        return undefined;
      }),
    );
}

/** The same agent, origin, level and rights. Evidence names the passport that it was given for, and is not taken along. */
async function reissue(
  passport: Passport,
  authority: Parameters<typeof issue>[0],
  ttlSeconds: number | undefined,
): Promise<Passport> {
  const { agent, origin, trust_level: trustLevel, public_key: jwk, ext } = passport;
  if (jwk === null) throw new UsageError('A passport without a key cannot be renewed.');
  const right = defined({ issuing: ext?.issuing, minVersion: ext?.min_version });
  return issue(
    authority,
    { ...agent, publicKey: await importPublicKey(jwk), origin, trustLevel, ...right },
    ttlSeconds,
  );
}
