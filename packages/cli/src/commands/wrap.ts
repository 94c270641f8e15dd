import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { collect, defined } from '../leaf.js';
import { childEnvironment } from '../programs/child-environment.js';
import { runSecuredProgram } from '../programs/run-secured-program.js';
import { loadSecurity } from '../secured/load-security.js';
import { securedLeaf } from '../secured/secured-leaf.js';
import { texts } from '../secured/settings.js';

const MORE = `
The program after "--" is any MCP server over stdio. Every message from the client is verified before the server sees it, and every answer is signed. The
signature vouches for the way between client and mcps; what the server says is the server's.

The program inherits the environment without the MCPS_ variables, and standard error. Signals are passed on to it. Standard output carries the protocol
and nothing else. Exit status: that of the program; 128 plus the number of the signal that ended it; 126 or 127 where it could not be started.`;

/** `mcps wrap`: the server's side, in front of any server over stdio. */
export function wrapCommand(cli: Cli) {
  return securedLeaf('wrap', "secure any MCP server over stdio: the server's side")
    .usage('[options] -- <command> [arguments...]')
    .option(
      '--audience <name>',
      'a further name that clients may address this server by; repeatable [MCPS_AUDIENCE]',
      collect,
    )
    .addHelpText('after', MORE)
    .action((options) =>
      cli.run(options, async (output) => {
        const [command, ...args] = cli.program;
        if (command === undefined || command === '') {
          throw new UsageError('Name the command to wrap after "--".', { reason: 'command_missing' });
        }
        const audience = texts(options.audience, cli.process.env['MCPS_AUDIENCE']);
        const security = await loadSecurity(options, cli.process, output);
        try {
          const secured = {
            role: 'server' as const,
            ...security.options,
            ...defined({ audience: audience.length === 0 ? undefined : audience }),
          };
          const call = { command, args, env: childEnvironment(cli.process.env) };
          return await runSecuredProgram(call, secured, cli.process, security.report);
        } finally {
          await security.close();
        }
      }),
    );
}
