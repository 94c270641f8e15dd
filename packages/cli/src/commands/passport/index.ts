import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { createCommand } from './create.js';
import { inspectCommand } from './inspect.js';
import { renewCommand } from './renew.js';
import { revokeCommand } from './revoke.js';
import { signCommand } from './sign.js';
import { verifyCommand } from './verify.js';

/** `mcps passport`: what passports are made, judged and ended with. */
export function passportCommand(cli: Cli) {
  return new Command('passport')
    .description('create, sign, verify, inspect, renew and revoke passports')
    .addCommand(createCommand(cli))
    .addCommand(signCommand(cli))
    .addCommand(verifyCommand(cli))
    .addCommand(inspectCommand(cli))
    .addCommand(renewCommand(cli))
    .addCommand(revokeCommand(cli));
}
