import { Command, CommanderError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import manifest from '../package.json' with { type: 'json' };
import { Cli } from './cli.js';
import { auditCommand } from './commands/audit/index.js';
import { authorityCommand } from './commands/authority/index.js';
import { completionCommand } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { inspectCommand } from './commands/inspect.js';
import { modelCommand } from './commands/model/index.js';
import { scanCommand } from './commands/scan.js';
import { toolCommand } from './commands/tool/index.js';
import { chainCommand } from './commands/chain/index.js';
import { connectCommand } from './commands/connect.js';
import { initCommand } from './commands/init.js';
import { keygenCommand } from './commands/keygen.js';
import { passportCommand } from './commands/passport/index.js';
import { proxyCommand } from './commands/proxy.js';
import { signCommand } from './commands/sign.js';
import { verifyCommand } from './commands/verify.js';
import { wrapCommand } from './commands/wrap.js';
import { UsageError } from './errors/cli-error.js';
import { EXIT } from './exit-codes.js';
import { Output } from './output/output.js';
import type { CliProcess } from './process.js';

const EPILOGUE = `
Exit status: 0 done; 1 refused or invalid; 2 a mistake in the call; 3 unreachable; 70 a fault of mcps itself.
Every command takes --json, and - for standard input. Colours: NO_COLOR=1 switches them off.`;

/** Every command, over one process. */
function createProgram(cli: Cli): CommandUnknownOpts {
  const program: CommandUnknownOpts = new Command('mcps')
    .description('MCPS for the Model Context Protocol: identity, signatures and trust, without code')
    .version(manifest.version)
    .addHelpText('after', EPILOGUE)
    .addCommand(initCommand(cli))
    .addCommand(keygenCommand(cli))
    .addCommand(passportCommand(cli))
    .addCommand(chainCommand(cli))
    .addCommand(signCommand(cli))
    .addCommand(verifyCommand(cli))
    .addCommand(wrapCommand(cli))
    .addCommand(connectCommand(cli))
    .addCommand(proxyCommand(cli))
    .addCommand(toolCommand(cli))
    .addCommand(modelCommand(cli))
    .addCommand(inspectCommand(cli))
    .addCommand(scanCommand(cli))
    .addCommand(auditCommand(cli))
    .addCommand(authorityCommand(cli))
    .addCommand(doctorCommand(cli))
    .addCommand(completionCommand(cli, () => program));
  return program;
}

/** Runs the command line; resolves to the exit status. Nothing is thrown. */
export async function main(process: CliProcess): Promise<number> {
  const split = process.argv.indexOf('--');
  const own = split === -1 ? process.argv : process.argv.slice(0, split);
  const cli = new Cli(process, split === -1 ? [] : process.argv.slice(split + 1));
  const program = createProgram(cli);
  configure(program, process);
  try {
    await program.parseAsync([...own], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const failure = error instanceof CommanderError ? misuse(error) : error;
    new Output(process, own.includes('--json')).failure(failure);
    return error instanceof CommanderError ? EXIT.usage : EXIT.internal;
  }
}

/** Settings that commander gives to commands that it makes itself, and not to those that are added. */
function configure(command: CommandUnknownOpts, process: CliProcess): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void process.stdout.write(text),
    // Help that was not asked for; errors are told once, by `main`.
    writeErr: (text) => void process.stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => process.stdout.columns ?? 100,
    getErrHelpWidth: () => process.stderr.columns ?? 100,
  });
  for (const child of command.commands) configure(child, process);
}

function misuse(error: CommanderError): UsageError {
  const isHelp = error.code === 'commander.help';
  const message = isHelp ? 'Name a command.' : error.message.replace(/^error: /, '').replace(/\n[\s\S]*$/, '');
  const nextStep =
    error.code === 'commander.excessArguments' ? 'A program to run goes after "--". See --help.' : 'See --help.';
  return new UsageError(message, {
    reason: snakeCase(error.code.replace(/^commander\./, '')),
    nextStep,
  });
}

function snakeCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
