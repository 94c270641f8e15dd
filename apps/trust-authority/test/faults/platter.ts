import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/databases.js';

const SOURCE = fileURLToPath(new URL('platter.c', import.meta.url));

/** Whether what a disk would hold after a power cut can be told here: that takes Linux and a C compiler. */
export const hasPlatter = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

let library: string | undefined;

function compiled(): string {
  if (library !== undefined) return library;
  const out = join(temporaryFolder(), 'platter.so');
  const options = ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', out, SOURCE, '-ldl', '-lpthread'];
  const { status, stderr } = spawnSync('cc', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  library = out;
  return out;
}

/** A folder, and what of it would still be there after a power cut. */
export class Disk {
  readonly folder: string;
  readonly #platter: string;

  constructor() {
    const top = realpathSync(temporaryFolder());
    this.folder = join(top, 'disk');
    this.#platter = join(top, 'platter');
    mkdirSync(this.folder, { mode: 0o700 });
    mkdirSync(this.#platter, { mode: 0o700 });
  }

  /** What a process needs in its environment that writes here. */
  get environment(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: compiled(), MCPS_DISK: this.folder, MCPS_PLATTER: this.#platter };
  }

  /** Takes everything back that has not been synced. No process may have the folder open. */
  cutPower(): void {
    rmSync(this.folder, { recursive: true });
    cpSync(this.#platter, this.folder, { recursive: true, preserveTimestamps: true });
  }
}
