import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, CheckStatus, SuiteResults } from './results.js';

export type Revision = '2025-06-18' | '2025-11-25' | '2026-07-28';

const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
const program = join(dirname(manifest), 'dist', 'index.js');
const preload = fileURLToPath(new URL('../../loader/preload.mjs', import.meta.url));

/** Generous: a scenario takes seconds at most, but the machine may be busy. */
const scenarioTimeoutMs = 120_000;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

async function conformance(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', preload, program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(parts).toString() };
}

const listed = new Map<string, Promise<string[]>>();

/** @returns the names of the scenarios that apply to a revision, extensions left out */
export async function listScenarios(side: 'server' | 'client', revision: Revision): Promise<string[]> {
  const key = `${side} ${revision}`;
  const names = listed.get(key) ?? askScenarios(side, revision);
  listed.set(key, names);
  return names;
}

async function askScenarios(side: 'server' | 'client', revision: Revision): Promise<string[]> {
  const { output } = await conformance(['list', `--${side}`, '--spec-version', revision], {});
  const names = [...output.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => String(name));
  if (names.length === 0) throw new Error(`The suite lists no scenario:\n${output}`);
  return names;
}

export interface ServerRun {
  /** Of the server's endpoint. */
  readonly url: string;
  readonly revision: Revision;
  /** One scenario alone; all that apply to the revision by default. */
  readonly scenario?: string;
}

/** Runs the official suite against a server. */
export async function runSuite({ url, revision, scenario }: ServerRun): Promise<SuiteResults> {
  const chosen = scenario === undefined ? ['--suite', 'all'] : ['--scenario', scenario];
  const expected = scenario === undefined ? await listScenarios('server', revision) : [scenario];
  return collect(expected, 'server-', (folder) =>
    conformance(['server', '--url', url, ...chosen, ...common(revision, folder)], {}),
  );
}

export interface ClientRun {
  /** The program and its arguments; the suite puts the URL of its server behind them. No argument may hold a space. */
  readonly command: readonly string[];
  readonly revision: Revision;
  readonly scenarios: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The suite itself would start all clients at once, which on two cores keeps each from answering in time. */
const clientsAtOnce = 2;

/** Runs scenarios of the official suite against a client, which is started anew for each. */
export async function runClientSuite({ command, revision, scenarios, env = {} }: ClientRun): Promise<SuiteResults> {
  return collect(scenarios, '', async (folder) => {
    const waiting = [...scenarios];
    const outputs: string[] = [];
    const lane = async () => {
      for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
        const chosen = ['client', '--command', command.join(' '), '--scenario', scenario];
        outputs.push((await conformance([...chosen, ...common(revision, folder)], env)).output);
      }
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, lane));
    return { code: 0, output: outputs.join('\n') };
  });
}

function common(revision: Revision, folder: string): string[] {
  return ['--spec-version', revision, '--output-dir', folder, '--timeout', String(scenarioTimeoutMs)];
}

/** The suite leaves a folder for each scenario, named for it and for the time. */
async function collect(
  expected: readonly string[],
  prefix: string,
  run: (folder: string) => Promise<Outcome>,
): Promise<SuiteResults> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-conformance-'));
  try {
    const { output } = await run(folder);
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('checks.json'));
    const results: Record<string, Check[]> = {};
    for (const scenario of expected) {
      const start = `${prefix}${scenario}-`;
      const file = files.find(
        (candidate) =>
          /^\d{4}-\d\d-\d\dT[^/]*\/checks\.json$/.test(candidate.slice(start.length)) && candidate.startsWith(start),
      );
      if (file === undefined) throw new Error(`The scenario ${scenario} left no result:\n${output}`);
      results[scenario] = readChecks(await readFile(join(folder, file), 'utf8'));
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readChecks(json: string): Check[] {
  const checks = JSON.parse(json) as { id: string; name: string; status: CheckStatus; errorMessage?: string }[];
  return checks.map(({ id, name, status, errorMessage = '' }) => ({ id, name, status, message: errorMessage }));
}
