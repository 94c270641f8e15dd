import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunningServer } from '../http/serve.js';
import { startAlone } from '../paths.js';
import type { Fixture } from '../servers/fixture.js';

const MCPS = join(dirname(createRequire(import.meta.url).resolve('@mcps/cli/package.json')), 'dist', 'mcps.js');

/**
 * The fixture behind two programs, as somebody would put them there who writes no code: `mcps proxy` in front of it, and `mcps connect` with whom the suite speaks
 * plain MCP. What goes between the two is signed, and refused otherwise.
 */
export async function startBehindCommands(fixture: Fixture): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-conformance-'));
  const programs: ChildProcess[] = [];
  const server = await startAlone(fixture);
  const close = async (): Promise<void> => {
    for (const program of programs.reverse()) await stop(program);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  const listen = async (args: readonly string[], identity: string): Promise<string> => {
    const file = join(folder, 'mcps', `${identity}.json`);
    const program = mcps([...args, '--identity', file, '--listen', '127.0.0.1:0'], folder);
    programs.push(program);
    return endpointOf(program);
  };
  try {
    const [code] = (await once(mcps(['init'], folder), 'close')) as [number | null];
    if (code !== 0) throw new Error(`mcps init ended with ${code}`);
    const secured = await listen(['proxy', '--to', server.url], 'server');
    return { url: await listen(['connect', secured], 'agent'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function mcps(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [MCPS, ...args, '--json'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Rejects where the program ends without having said where it listens. */
async function endpointOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += String(chunk);
    const [endpoint] = /http:\/\/127\.0\.0\.1:\d+\/[^"\s]*/.exec(text) ?? [];
    if (endpoint !== undefined) return endpoint;
  }
  throw new Error(`The program listens nowhere: ${text}`);
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, 'close');
  program.kill('SIGTERM');
  await ended;
}
