import { Argument } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Cli } from '../cli.js';
import { completionScript } from '../completion/scripts.js';
import type { CompletedCommand } from '../completion/scripts.js';
import { leaf } from '../leaf.js';

/** `mcps completion`: a script that completes commands and options, made from the commands that there are. */
export function completionCommand(cli: Cli, program: () => CommandUnknownOpts) {
  return leaf('completion', 'print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish'] as const))
    .action((shell, options) =>
      cli.run(options, async (output) => {
        const script = completionScript(shell, commandsOf(program(), []));
        output.result({ shell, script }, () => script.trimEnd());
        return undefined;
      }),
    );
}

function commandsOf(command: CommandUnknownOpts, path: readonly string[]): readonly CompletedCommand[] {
  const described = (name: string, description: string) => ({ name, description });
  const options = command.options.map(({ long, description }) => described(long ?? '', description));
  return [
    {
      path,
      commands: command.commands.map((child) => described(child.name(), child.description())),
      options: [...options, described('--help', 'display help')].filter(({ name }) => name !== ''),
    },
    ...command.commands.flatMap((child) => commandsOf(child, [...path, child.name()])),
  ];
}
