import type { JsonObject } from '@mcps/protocol';
import type { Cli } from '../cli.js';
import { UsageError } from '../errors/cli-error.js';
import { readInput } from '../files/read-input.js';
import type { Output } from '../output/output.js';
import { openServer, listTools } from '../servers/open-server.js';
import { toolsIn } from './read-tools.js';

/** Tools, and where they are from. */
export interface SourcedTools {
  readonly name: string;
  readonly tools: readonly JsonObject[];
}

/**
 * The tools of a file, of a server at a URL, or of the program behind `--`. A server is asked in plain: what it lists is looked at, not believed.
 *
 * @throws UsageError where there is none of the three, or more than one.
 */
export async function readToolSource(
  source: string | undefined,
  cli: Pick<Cli, 'process' | 'program'>,
  output: Output,
): Promise<SourcedTools> {
  const isProgram = cli.program.length > 0;
  if (isProgram && source !== undefined)
    throw new UsageError('Name a file, a URL, or a command after "--": one of them.');
  if (!isProgram && (source === undefined || !/^https?:\/\//.test(source))) {
    const { tools } = toolsIn(await readInput(source, cli.process));
    return { name: source ?? '-', tools };
  }
  const server = await openServer(isProgram ? cli.program : (source ?? ''), cli.process, {
    report: (error) => output.trouble(error),
  });
  try {
    await server.rpc.initialize();
    return { name: server.name, tools: await listTools(server.rpc) };
  } finally {
    await server.close();
  }
}
