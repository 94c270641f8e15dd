import type { TestProject } from 'vitest/node';
import { ENVIRONMENTS, installEnvironments } from './environments.js';
import type { Environments } from './environments.js';

declare module 'vitest' {
  interface ProvidedContext {
    python: Environments;
  }
}

/** Installs the Python packages once, for all test files. */
export async function setup(project: TestProject): Promise<void> {
  const environments = await installEnvironments();
  for (const name of ENVIRONMENTS) {
    const environment = environments[name];
    if ('missing' in environment) {
      console.log(
        `\nSKIPPED: the Python packages of requirements/${name}.txt could not be installed (${environment.missing}).`,
        '\nEvery test with them counts as skipped. They need python3 with venv (Debian: python3, python3-venv) and pip.\n',
      );
    }
  }
  project.provide('python', environments);
}
