import { Command } from '@commander-js/extra-typings';
import type { Cli } from '../../cli.js';
import { healthCommand, passportsCommand, tokenCommand } from './admin.js';
import { runCommand } from './run.js';

/** `mcps authority`: runs a Trust Authority, and administers one. */
export function authorityCommand(cli: Cli) {
  return new Command('authority')
    .description('run a Trust Authority, and administer one')
    .addCommand(runCommand(cli, 'serve', 'start it'))
    .addCommand(runCommand(cli, 'init', 'make its keys, database and first token, print them, and end'))
    .addCommand(runCommand(cli, 'anchor', 'print what verifiers configure'))
    .addCommand(runCommand(cli, 'rotate-keys', 'make a new key: root, passport, status or evidence'))
    .addCommand(runCommand(cli, 'export-bundle', 'write what a site without a connection needs'))
    .addCommand(healthCommand(cli))
    .addCommand(passportsCommand(cli))
    .addCommand(tokenCommand(cli));
}
