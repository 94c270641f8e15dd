import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { Judgement } from './status.js';

/**
 * The level that a passport counts for: where nobody was asked, what it is worth if it is not revoked.
 *
 * @throws CliError `MCPS-009` where it is below what is asked for.
 */
export function requireLevel({ verified, fresh, level }: Judgement, least: number): number {
  const counted = fresh === undefined ? verified.staticLevel : level;
  if (counted >= least) return counted;
  const { standing } = verified;
  throw new CliError('server', `The passport counts for level ${counted}, and ${least} is asked for (${standing}).`, {
    mcps: 'MCPS-009',
    reason: 'level_insufficient',
    nextStep:
      standing === 'anchored'
        ? 'Get a passport of a higher level, or ask for less with --min-trust-level.'
        : 'Its issuer is none that you believe: give its trust anchor with --anchors, or ask for --min-trust-level 0.',
    exitCode: EXIT.refused,
  });
}
