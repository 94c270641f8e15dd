import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @param {string} moduleUrl `import.meta.url`
 * @returns {boolean} this module is the program that Node was asked to run
 */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(moduleUrl));
}

/**
 * Runs a check as a program: prints its faults and exits accordingly.
 *
 * @param {string} name
 * @param {() => Promise<string[]>} check
 * @returns {Promise<void>}
 */
export async function runCheck(name, check) {
  const faults = await check();
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? `${name}: nothing to report` : `${name}: ${faults.length} fault(s)`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
