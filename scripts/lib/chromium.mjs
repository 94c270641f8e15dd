import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The browser that the browser suites run in. MCPS_CHROMIUM decides alone when it is set.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} path of an executable
 */
export function findChromium(env = process.env) {
  const chosen = env['MCPS_CHROMIUM'];
  const candidates = chosen === undefined || chosen === '' ? usualPlaces : [chosen];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether a package has a browser suite: its vitest configuration takes the browser's options.
 *
 * @param {string} directory of the package
 * @returns {boolean}
 */
export function hasBrowserSuite(directory) {
  if (!existsSync(directory)) return false;
  return readdirSync(directory)
    .filter((name) => /^vitest\.config\.[cm]?[jt]s$/.test(name))
    .some((name) => readFileSync(join(directory, name), 'utf8').includes('vitest-browser.js'));
}
