import { McpsError, verifyTool } from '@mcps/protocol';
import type { Cli } from '../../cli.js';
import { collect, leaf } from '../../leaf.js';
import { nameOf } from '../../tools/read-tools.js';
import { readPins, writePins } from '../../tools/pin-file.js';
import type { PinnedTool } from '../../tools/pin-file.js';
import { readSigners } from '../../tools/signers.js';
import { toolHash, unsignedTool } from '../../tools/tool-hash.js';
import { readToolSource } from '../../tools/tool-source.js';

/** `mcps tool pin`: approves tools as they are now. Those that were approved before must not have changed. */
export function pinCommand(cli: Cli) {
  return leaf('pin', 'approve tools as they are now; a changed one is refused')
    .usage('[options] [file | url | -- <command>]')
    .argument('[source]', 'tools as JSON, or a server at a URL or behind "--"; - or nothing for standard input')
    .option('--pins <file>', 'where approved tools are kept', 'mcps-pins.json')
    .option('--server <name>', 'the server they are of (default: its address, or the file)')
    .option('--passport <file>', 'only tools that the holder of this passport has signed; repeatable', collect)
    .option('--anchors <file>', 'trust anchors for these passports; repeatable', collect)
    .option('--public-key <file>', 'in their place: the key that must have signed')
    .option('--update', 'approve changes, too')
    .action((source, options) =>
      cli.run(options, async (output) => {
        const { pins: path, update = false } = options;
        const isSigned = options.passport !== undefined || options.publicKey !== undefined;
        const signers = isSigned ? await readSigners(options, output) : undefined;
        const { name, tools } = await readToolSource(source, cli, output);
        const server = options.server ?? name;
        const pins = await readPins(path);
        const known = pins.get(server) ?? new Map<string, PinnedTool>();
        const approved = new Map(known);
        const counts = { added: 0, changed: 0, unchanged: 0 };
        for (const tool of tools) {
          const signedBy = signers === undefined ? null : (await verifyTool(tool, signers)).signedBy;
          const pin = { toolHash: await toolHash(tool), signedBy, tool: unsignedTool(tool) };
          const before = known.get(nameOf(tool));
          const isSame = before?.toolHash === pin.toolHash && before.signedBy === pin.signedBy;
          // The first change decides: nothing is approved in part.
          if (before !== undefined && !isSame && !update) throw new McpsError('tool_pin_changed');
          counts[before === undefined ? 'added' : isSame ? 'unchanged' : 'changed'] += 1;
          approved.set(nameOf(tool), pin);
        }
        await writePins(path, pins.set(server, approved));
        output.result({ pins: path, server, ...counts }, () =>
          [`${path}  ${server}`, ...Object.entries(counts).map(([kind, count]) => `  ${count} ${kind}`)].join('\n'),
        );
        return undefined;
      }),
    );
}
