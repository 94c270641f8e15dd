import { thumbprint } from '@mcps/crypto';
import { decodeChain, parsePassport } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import type { Cli } from '../../cli.js';
import { isObject, parseObject, readInput } from '../../files/read-input.js';
import { passportRows } from '../../identity/passport-facts.js';
import { leaf } from '../../leaf.js';
import { table } from '../../output/table.js';

/** `mcps passport inspect`: shows what a passport says. It verifies nothing, and says so. */
export function inspectCommand(cli: Cli) {
  return leaf('inspect', 'show what a passport says, verifying nothing')
    .argument('[file]', 'a passport or identity, JSON; - or nothing for standard input')
    .action((file, options) =>
      cli.run(options, async (output) => {
        const value = parseObject(await readInput(file, cli.process), 'passport');
        const inner = value['passport'];
        const { passport } = parsePassport(isObject(inner) ? inner : value);
        const keyThumbprint = passport.public_key === null ? undefined : await thumbprint(passport.public_key);
        const chain = decodeChain(passport).map((issuer: Passport) => ({
          passportId: issuer.passport_id,
          agent: issuer.agent.name,
          issuer: issuer.issuer,
        }));
        const result = { verified: false, passport, keyThumbprint, chain };
        output.result(result, () => table([...passportRows(passport), ['key', keyThumbprint ?? 'none']]));
        output.note('Nothing of this is verified: see "mcps passport verify".');
        return undefined;
      }),
    );
}
