import type { Environment } from '../process.js';

/** The environment of the wrapped command: ours, without the variables that configure MCPS, one of which may hold a private key. */
export function childEnvironment(env: Environment): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Windows takes any case for the same variable.
    if (value !== undefined && !name.toUpperCase().startsWith('MCPS_')) passed[name] = value;
  }
  return passed;
}
