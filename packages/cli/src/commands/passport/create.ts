import type { PublicKey } from '@mcps/crypto';
import { createPassport } from '@mcps/protocol';
import { AuthorityClient, readToken } from '../../authority/authority-client.js';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../errors/cli-error.js';
import { readAuthorityFile } from '../../identity/authority-file.js';
import { deliverPassport, issue } from '../../identity/issue.js';
import { passportIn } from '../../identity/read-passport.js';
import { readPrivateKey } from '../../keys/private-key.js';
import { readPublicKey } from '../../keys/public-key.js';
import { collect, defined, leaf, parseDuration, parseLevel } from '../../leaf.js';

/** `mcps passport create`: a passport for a key; unsigned, issued by an authority on this machine, or by a Trust Authority. */
export function createCommand(cli: Cli) {
  return leaf('create', 'make a passport for a key: unsigned, or issued by an authority')
    .requiredOption('--name <name>', 'name of the agent or server')
    .option('--agent-version <version>', 'its version', '1.0.0')
    .option('--public-key <file>', 'its public key, PEM or JWK')
    .option('--key <file>', 'its private key; needed for a Trust Authority, which asks for a proof')
    .option('--capability <name>', 'what it may do; repeatable', collect)
    .option('--origin <origin>', 'origin that the passport is bound to, such as https://app.example')
    .option('--level <0-4>', 'trust level', parseLevel)
    .option('--ttl <time>', 'how long it counts, such as 90d', parseDuration)
    .option('--authority <file>', 'issue it: authority file of "mcps init"')
    .option('--trust-authority <url>', 'have it issued by this Trust Authority')
    .option('--token-file <file>', 'token for it (or MCPS_AUTHORITY_TOKEN); without one, level 1 at most')
    .option('--issuer <name>', 'for an unsigned passport: who is going to sign it')
    .option('--passphrase-file <file>', 'passphrase of the key, or of the authority')
    .option('--out <file>', 'where it goes (default: standard output)')
    .option('--force', 'replace a file that exists')
    .action((options) =>
      cli.run(options, async (output) => {
        const { name, agentVersion: version, capability: capabilities, origin, level: trustLevel, ttl } = options;
        const { authority: authorityFile, trustAuthority: url, passphraseFile, issuer } = options;
        if ([authorityFile, url, issuer].filter((way) => way !== undefined).length > 1) {
          throw new UsageError('Give one of --authority, --trust-authority and --issuer: each says who signs.');
        }
        if (origin !== undefined) checkOrigin(origin);
        const passphrase = { process: cli.process, passphraseFile };
        if (url !== undefined) {
          if (options.key === undefined) {
            throw new UsageError('--trust-authority needs --key: the authority asks for a proof that you hold it.');
          }
          const key = await readPrivateKey(options.key, passphrase);
          const client = new AuthorityClient({ url, token: await readToken(options.tokenFile, cli.process) });
          const wanted = { capabilities, origin, level: trustLevel, ttl_seconds: ttl };
          const proof = await client.prove(key);
          const body = { name, version, public_key: key.publicKey.jwk, proof, ...defined(wanted) };
          const { passport } = await client.post('/api/passport', body);
          await deliverPassport(passportIn(JSON.stringify(passport)), output, options);
          return undefined;
        }
        const publicKey = await subjectKey(options, passphrase);
        const subject = { name, version, publicKey, ...defined({ capabilities, origin, trustLevel }) };
        if (authorityFile !== undefined) {
          const authority = await readAuthorityFile(authorityFile, passphrase);
          await deliverPassport(await issue(authority, subject, ttl), output, options);
          return undefined;
        }
        const unsigned = createPassport({ ...subject, ...defined({ issuer, ttlSeconds: ttl }) });
        await deliverPassport(unsigned, output, options);
        return undefined;
      }),
    );
}

async function subjectKey(
  { publicKey, key }: { readonly publicKey?: string; readonly key?: string },
  passphrase: Parameters<typeof readPrivateKey>[1],
): Promise<PublicKey> {
  if (publicKey !== undefined) return readPublicKey(publicKey);
  if (key !== undefined) return (await readPrivateKey(key, passphrase)).publicKey;
  throw new UsageError('Whose passport is it? Give --public-key FILE or --key FILE.', {
    reason: 'option_missing',
    nextStep: 'Make a key with "mcps keygen --out key.pem --public-out key.pub".',
  });
}

/** Verifiers compare origins as text (RFC 6454): any other spelling would never match. */
function checkOrigin(text: string): void {
  if (URL.canParse(text) && new URL(text).origin === text) return;
  throw new UsageError('--origin is a scheme, a host and, if need be, a port, such as https://app.example.');
}
