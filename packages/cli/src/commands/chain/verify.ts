import type { Cli } from '../../cli.js';
import { readInput } from '../../files/read-input.js';
import { chainLines, verifiedFacts } from '../../identity/passport-facts.js';
import { passportIn } from '../../identity/read-passport.js';
import { collect, leaf } from '../../leaf.js';
import { requireLevel } from '../../trust/require-level.js';
import { judgePassport } from '../../trust/status.js';

/** `mcps chain verify`: every link from a passport up to an anchor: signature, right to issue, level, capabilities and expiry. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify every link from a passport up to a trust anchor')
    .argument('[file]', 'a passport or identity, JSON; - or nothing for standard input')
    .requiredOption('--anchors <file>', 'trust anchors, JSON; repeatable', collect)
    .option('--trust-authority <url>', 'ask this authority whether the passport or an issuer is revoked')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const passport = passportIn(await readInput(file, cli.process));
        const { anchors, trustAuthority } = options;
        const judgement = await judgePassport(passport, { anchors, trustAuthority }, output);
        // A chain that leads to nobody who is believed is none.
        requireLevel(judgement, 1);
        const { verified, fresh } = judgement;
        const result = { valid: true, ...verifiedFacts(verified), statusFresh: fresh ?? null };
        output.result(result, () => chainLines(verified.passport, verified.anchor?.issuer));
        return undefined;
      }),
    );
}
