import type { Cli } from '../../cli.js';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../exit-codes.js';
import { readText } from '../../files/read-input.js';
import { leaf } from '../../leaf.js';
import type { Output } from '../../output/output.js';
import { oneLine } from '../../errors/describe.js';
import { compareTools } from '../../tools/compare.js';
import type { ToolChange } from '../../tools/compare.js';
import { readPins } from '../../tools/pin-file.js';
import { toolsIn } from '../../tools/read-tools.js';
import { readToolSource } from '../../tools/tool-source.js';

/** `mcps tool diff`: what has changed since tools were approved, or between two files. */
export function diffCommand(cli: Cli) {
  return leaf('diff', 'show what has changed since tools were approved, member by member; status 1 where something has')
    .usage('[options] [file | url | -- <command>]')
    .argument('[source]', 'tools as JSON, or a server at a URL or behind "--"; - or nothing for standard input')
    .option('--against <file>', 'compare with the tools of this file')
    .option('--pins <file>', 'or with those approved here', 'mcps-pins.json')
    .option('--server <name>', 'the server they are of (default: its address, or the file)')
    .action((source, options) =>
      cli.run(options, async (output) => {
        const { name, tools } = await readToolSource(source, cli, output);
        const server = options.server ?? name;
        const before =
          options.against === undefined
            ? await approvedTools(options.pins, server)
            : toolsIn(await readText(options.against, 'tools')).tools;
        const changes = compareTools(before, tools);
        output.result({ server, changed: changes.length > 0, changes }, () => text(changes, output));
        return changes.length > 0 ? EXIT.refused : EXIT.ok;
      }),
    );
}

async function approvedTools(path: string, server: string) {
  const pinned = (await readPins(path)).get(server);
  if (pinned !== undefined) return [...pinned.values()].map(({ tool }) => tool);
  throw new CliError('file', `No tools of ${server} have been approved in ${path}.`, {
    reason: 'pins_missing',
    nextStep: 'Approve them with "mcps tool pin", or name another server with --server.',
  });
}

function text(changes: readonly ToolChange[], { colors: { bold, green, red } }: Output): string {
  if (changes.length === 0) return 'no change';
  const value = (of: unknown): string => oneLine(JSON.stringify(of));
  return changes
    .flatMap(({ tool, change, members }) => [
      bold(`${change}  ${oneLine(tool)}`),
      ...members.flatMap((member) => [
        `  ${oneLine(member.path)}`,
        ...('before' in member ? [red(`  - ${value(member.before)}`)] : []),
        ...('after' in member ? [green(`  + ${value(member.after)}`)] : []),
      ]),
    ])
    .join('\n');
}
