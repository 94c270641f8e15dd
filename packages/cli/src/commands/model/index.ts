import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { signCommand } from './sign.js';
import { verifyCommand } from './verify.js';

/** `mcps model`: files of models, signed by their publisher. */
export function modelCommand(cli: Cli) {
  return new Command('model')
    .description('sign and verify model files')
    .addCommand(signCommand(cli))
    .addCommand(verifyCommand(cli));
}
