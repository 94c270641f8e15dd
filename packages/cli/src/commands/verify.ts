import { McpsError, verifyMessageWithKey } from '@mcps/protocol';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { parseObject, readInput, readText } from '../files/read-input.js';
import { passportIn } from '../identity/read-passport.js';
import { readPublicKey } from '../keys/public-key.js';
import { collect, defined, leaf, parseDuration, parseLevel } from '../leaf.js';
import { table } from '../output/table.js';
import { judgePassport } from '../trust/status.js';
import { requireLevel } from '../trust/require-level.js';

/** `mcps verify`: whether a message was signed by who it says, and is as it was signed. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify a signed JSON-RPC message')
    .argument('[file]', 'the signed message, JSON; - or nothing for standard input')
    .option(
      '--passport <file>',
      "passport of the signer; verified against the anchors, and held to the message's passport id",
    )
    .option('--anchors <file>', 'trust anchors, JSON; repeatable', collect)
    .option('--trust-authority <url>', 'ask this authority whether the passport is revoked')
    .option('--min-trust-level <0-4>', 'the least level of the signer (default: 1)', parseLevel)
    .option('--public-key <file>', 'in place of a passport: the key that must have signed it, trusted as it is')
    .option('--max-age <time>', 'how old the message may be (default: 5m)', parseDuration)
    .option('--any-age', 'do not look at its age')
    .option('--channel-binding <text>', 'value of the channel below that must have been signed along')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const { passport: passportFile, publicKey: keyFile, anchors, trustAuthority, maxAge } = options;
        const { channelBinding, minTrustLevel = 1 } = options;
        if ((passportFile === undefined) === (keyFile === undefined)) {
          throw new UsageError('Whose signature is it to be? Give --passport FILE or --public-key FILE.');
        }
        if (maxAge !== undefined && options.anyAge === true) throw new UsageError('Give --max-age or --any-age.');
        const message = parseObject(await readInput(file, cli.process), 'message');
        const windowMs =
          options.anyAge === true ? Number.MAX_SAFE_INTEGER : maxAge === undefined ? undefined : maxAge * 1000;
        const checks = defined({ windowMs, channelBinding });
        if (passportFile === undefined) {
          const verified = await verifyMessageWithKey(message, await readPublicKey(keyFile ?? ''), checks);
          tell(verified.envelope.passportId, undefined, verified);
          return undefined;
        }
        const passport = passportIn(await readText(passportFile, 'passport'));
        const judged = await judgePassport(passport, { anchors, trustAuthority }, output);
        const level = requireLevel(judged, minTrustLevel);
        const verified = await verifyMessageWithKey(message, judged.verified.publicKey, checks);
        if (verified.envelope.passportId !== judged.verified.id) throw new McpsError('passport_id_mismatch');
        tell(judged.verified.id, { agent: passport.agent.name, standing: judged.verified.standing, level }, verified);
        return undefined;

        function tell(
          passportId: string,
          signer: { readonly agent: string; readonly standing: string; readonly level: number } | undefined,
          { carrier, messageHash, envelope, kind, message: content }: Awaited<ReturnType<typeof verifyMessageWithKey>>,
        ): void {
          const { timestamp } = envelope;
          output.result(
            { valid: true, passportId, ...signer, kind, carrier, timestamp, messageHash, message: content },
            () =>
              table([
                ['valid', `${kind}, envelope in ${carrier}`],
                ['signed by', passportId],
                ...(signer === undefined
                  ? []
                  : [['agent', `${signer.agent}, ${signer.standing}, level ${signer.level}`]]),
                ['signed at', timestamp],
                ['hash', messageHash],
              ]),
          );
        }
      }),
    );
}
