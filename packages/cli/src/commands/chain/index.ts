import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { verifyCommand } from './verify.js';

/** `mcps chain`: the issuers above a passport. */
export function chainCommand(cli: Cli) {
  return new Command('chain').description('verify the issuers above a passport').addCommand(verifyCommand(cli));
}
