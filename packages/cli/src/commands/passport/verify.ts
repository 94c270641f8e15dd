import type { Cli } from '../../cli.js';
import { readInput } from '../../files/read-input.js';
import { verifiedFacts } from '../../identity/passport-facts.js';
import { passportIn } from '../../identity/read-passport.js';
import { collect, leaf, parseLevel } from '../../leaf.js';
import { table } from '../../output/table.js';
import { requireLevel } from '../../trust/require-level.js';
import { judgePassport } from '../../trust/status.js';

/** `mcps passport verify`: whether a passport holds, of which level, and whether it is revoked where an authority can say. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify a passport: signature, issuers, expiry, level and, with an authority, revocation')
    .argument('[file]', 'a passport or identity, JSON; - or nothing for standard input')
    .option('--anchors <file>', 'trust anchors, JSON; repeatable', collect)
    .option('--trust-authority <url>', 'ask this authority whether it is revoked')
    .option('--origin <origin>', 'origin that it must be bound to')
    .option('--min-trust-level <0-4>', 'the least level that will do (default: 1)', parseLevel)
    .action((file, options) =>
      cli.run(options, async (output) => {
        const passport = passportIn(await readInput(file, cli.process));
        const { anchors, trustAuthority, origin: expectedOrigin, minTrustLevel = 1 } = options;
        const judgement = await judgePassport(passport, { anchors, trustAuthority, expectedOrigin }, output);
        const { verified, fresh } = judgement;
        const counted = requireLevel(judgement, minTrustLevel);
        const result = { valid: true, ...verifiedFacts(verified), level: counted, statusFresh: fresh ?? null };
        const revoked = fresh === undefined ? 'not asked' : fresh ? 'no' : 'no fresh answer';
        output.result(result, () =>
          table([
            ['valid', verified.id],
            ['agent', `${verified.passport.agent.name} ${verified.passport.agent.version}`],
            ['standing', verified.standing],
            ['anchor', verified.anchor?.issuer ?? 'none'],
            ['level', String(counted)],
            ['revoked', revoked],
            ['expires', verified.passport.expires_at],
          ]),
        );
        return undefined;
      }),
    );
}
