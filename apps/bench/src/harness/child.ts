import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program of the benchmark's own; seen from `dist`, where everything is built to. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}

/** Runs one of the benchmark's programs in a Node process of its own, and reads the JSON that it prints. */
export async function runProgram(
  name: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<unknown> {
  const { stdout } = await execute(process.execPath, [...nodeFlags, programPath(name), ...args]);
  return JSON.parse(stdout) as unknown;
}
