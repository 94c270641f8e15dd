import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { cwd, execPath } from 'node:process';
import { findAuthority } from '../../authority/find-authority.js';
import type { Cli } from '../../cli.js';
import { leaf } from '../../leaf.js';
import { onSignals } from '../../programs/stopper.js';

/** A command of the authority's own program, run with this terminal and environment; its settings are variables that begin with MCPS_AUTHORITY_. */
export function runCommand(cli: Cli, name: string, description: string) {
  return leaf(name, description)
    .argument('[arguments...]', 'passed on')
    .allowUnknownOption()
    .action((args, options) =>
      cli.run(options, async () => {
        const program = findAuthority(cwd());
        const child = spawn(execPath, [program, name, ...args], { stdio: 'inherit' });
        const unregister = onSignals(cli.process, (signal) => void child.kill(signal));
        try {
          return await new Promise<number>((resolve, reject) => {
            child.once('error', reject);
            child.once('close', (code, signal) =>
              resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
            );
          });
        } finally {
          unregister();
        }
      }),
    );
}
