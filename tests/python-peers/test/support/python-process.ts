import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { script } from './paths.js';

/** Starts a script of the folder `python`. What it says on standard error is the caller's to read. */
export function startPython(
  python: string,
  name: string,
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const settings = { PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1' };
  const child = spawn(python, [script(name)], {
    stdio: 'pipe',
    env: { PATH: process.env['PATH'], ...settings, ...env },
  });
  child.stdin.on('error', () => undefined);
  return child;
}
