import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { diffCommand } from './diff.js';
import { pinCommand } from './pin.js';
import { signCommand } from './sign.js';
import { verifyCommand } from './verify.js';

/** `mcps tool`: definitions of tools, signed by their author and approved by their users. */
export function toolCommand(cli: Cli) {
  return new Command('tool')
    .description('sign, verify, approve and compare tool definitions')
    .addCommand(signCommand(cli))
    .addCommand(verifyCommand(cli))
    .addCommand(pinCommand(cli))
    .addCommand(diffCommand(cli));
}
