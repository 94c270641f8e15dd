import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { verifyCommand } from './verify.js';

/** `mcps audit`: what became of every message, as it was written down. */
export function auditCommand(cli: Cli) {
  return new Command('audit')
    .description('verify the audit trail of wrap, connect or proxy')
    .addCommand(verifyCommand(cli));
}
