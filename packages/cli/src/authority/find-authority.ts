import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../errors/cli-error.js';
import { isObject } from '../files/read-input.js';

const NAME = '@mcps/trust-authority';

/**
 * The program of the Trust Authority, installed in this folder or beside the command. It is a package of its own: most who sign and verify run none.
 *
 * @throws CliError with exit status 127 where it is not installed.
 */
export function findAuthority(folder: string): string {
  for (const base of [pathToFileURL(join(folder, 'package.json')), import.meta.url]) {
    const require = createRequire(base);
    try {
      const manifestPath = require.resolve(`${NAME}/package.json`);
      const manifest: unknown = require(manifestPath);
      const bin = isObject(manifest) && isObject(manifest['bin']) ? manifest['bin']['mcps-authority'] : undefined;
      if (typeof bin === 'string') return join(dirname(manifestPath), bin);
    } catch {
      // Not here: look in the next place.
    }
  }
  throw new CliError('authority', 'The Trust Authority is not installed.', {
    reason: 'authority_missing',
    nextStep: `npm install ${NAME}`,
    exitCode: 127,
  });
}
