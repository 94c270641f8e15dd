import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject } from 'vitest';
import { drillBlocks, guideFiles, outputPattern } from './guide.js';
import { findPostgres, freePort } from './postgres-server.js';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** What the guide needs beside Node; what is missing is told once, and the drills count as skipped. */
const PROGRAMS = ['bash', 'curl', 'jq', 'sqlite3'];

export function missingPrograms(): readonly string[] {
  const missing = PROGRAMS.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0);
  if (inject('postgresPort') === 0) missing.push('postgresql');
  if (missing.length > 0) console.warn(`SKIPPED: drills of docs/authority.md need ${missing.join(', ')}.`);
  return missing;
}

/**
 * A shell that somebody types the guide into: variables and processes stay from one block to the next, and the first command that fails ends it, as nobody
 * would go on.
 */
export class Terminal {
  /** Where it begins: inside the package, so that the programs of the guide find what they import. */
  readonly folder = mkdtempSync(join(PACKAGE, '.examples-'));
  readonly #shell: ChildProcess;
  readonly #done: AsyncIterator<string>;
  #count = 0;

  private constructor(settings: NodeJS.ProcessEnv) {
    for (const [name, text] of guideFiles()) writeFileSync(join(this.folder, name), text);
    const command = `#!/bin/sh\nexec '${process.execPath}' '${join(PACKAGE, 'dist/main.js')}' "$@"\n`;
    writeFileSync(join(this.folder, 'mcps-authority'), command, { mode: 0o755 });
    const { PATH = '', HOME } = process.env;
    const paths = [this.folder, ...(findPostgres() === undefined ? [] : [findPostgres()]), PATH];
    this.#shell = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail'], {
      cwd: this.folder,
      // A group of its own, so that whatever it has started ends with it.
      detached: true,
      env: { HOME, ...settings, PATH: paths.join(':') },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // Typed into a shell that has ended: `run` says so.
    this.#shell.stdin!.on('error', () => undefined);
    this.#done = createInterface(this.#shell.stdout!)[Symbol.asyncIterator]();
  }

  /** With free ports, and a folder for everything that the guide keeps. */
  static async open(settings: NodeJS.ProcessEnv = {}): Promise<Terminal> {
    const [PORT_A, PORT_B] = [await freePort(), await freePort()].map(String);
    const terminal = new Terminal({ PORT_A, PORT_B, ...settings });
    await terminal.run(`export STATE='${terminal.folder}/state'`);
    return terminal;
  }

  /** Types commands. Resolves to all that they print, and rejects with it where one of them fails. */
  async run(commands: string): Promise<string> {
    this.#count += 1;
    const script = join(this.folder, `typed-${this.#count}`);
    writeFileSync(script, commands);
    this.#shell.stdin!.write(`. ${script} > ${script}.out 2>&1 < /dev/null\necho done\n`);
    const { done } = await this.#done.next();
    const output = readFileSync(`${script}.out`, 'utf8');
    if (done === true) throw new Error(`This fails:\n${commands}\n${output}`);
    return output;
  }

  /** Types a drill of the guide, and compares what is printed with what the guide says. */
  async play(drill: string): Promise<void> {
    const blocks = drillBlocks().filter((block) => block.drill === drill);
    expect(blocks, `the drill ${drill}`).not.toEqual([]);
    for (const { commands, output } of blocks) {
      const printed = await this.run(commands);
      if (output !== undefined) expect(printed.trim(), commands).toMatch(outputPattern(output));
    }
  }

  /** The value of a variable of the shell. */
  async variable(name: string): Promise<string> {
    return (await this.run(`printf %s "$${name}"`)).trim();
  }

  close(): void {
    try {
      process.kill(-this.#shell.pid!, 'SIGKILL');
    } catch {
      // It has ended, with all that it started.
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
