// Each public package, packed and installed alone in an empty folder, loads by import and by require, with the same
// names either way, and its programs start. Siblings come from their tarballs, everything else from the registry that npm is set up with.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toolEnvironment } from './lib/environment.mjs';
import { isMain, runCheck } from './lib/main.mjs';
import { capture } from './lib/process.mjs';
import { withTarballs } from './lib/tarballs.mjs';

/**
 * @param {Record<string, any>} manifest
 * @returns {string[]} what a consumer can import, without patterns and data files
 */
export function importableSpecifiers(manifest) {
  return Object.keys(manifest['exports'] ?? { '.': '' })
    .filter((key) => !key.includes('*') && !key.endsWith('.json'))
    .map((key) => manifest['name'] + key.slice(1));
}

const loader = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const specifier of JSON.parse(process.argv[2])) {
  const imported = Object.keys(await import(specifier)).filter((name) => name !== 'default' && name !== 'module.exports');
  const required = Object.keys(require(specifier)).filter((name) => name !== 'default' && name !== '__esModule');
  const difference = [...imported, ...required].filter((name) => !imported.includes(name) || !required.includes(name));
  if (imported.length === 0) throw new Error(specifier + ' exports nothing');
  if (difference.length > 0) throw new Error(specifier + ': import and require differ in ' + difference.join(', '));
}
`;

/** @returns {{ command: string, prefix: string[] }} the npm that runs this script, else the one on PATH */
function npm() {
  const cli = process.env['npm_execpath'] ?? '';
  return cli.endsWith('npm-cli.js') && existsSync(join(dirname(cli), 'npx-cli.js'))
    ? { command: process.execPath, prefix: [cli] }
    : { command: 'npm', prefix: [] };
}

/** @returns {Promise<string[]>} */
export function checkInstall() {
  return withTarballs(async (packed, folder) => {
    /** @type {string[]} */
    const faults = [];
    for (const { workspace, tarball } of packed) {
      const { name, path, manifest } = workspace;
      const consumer = mkdtempSync(join(folder, 'consumer-'));
      const siblings = packed.filter((other) => other.workspace.name !== name);
      const consumerManifest = {
        name: 'consumer',
        private: true,
        type: 'module',
        dependencies: { [name]: `file:${tarball}` },
        overrides: Object.fromEntries(siblings.map((other) => [other.workspace.name, `file:${other.tarball}`])),
      };
      writeFileSync(join(consumer, 'package.json'), JSON.stringify(consumerManifest));
      writeFileSync(join(consumer, 'load.mjs'), loader);

      const { command, prefix } = npm();
      const installArgs = [...prefix, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      const installed = await capture(command, installArgs, { cwd: consumer, env: toolEnvironment() });
      if (installed.code !== 0) {
        faults.push(`${path}: npm could not install ${name} alone:\n${installed.stdout}${installed.stderr}`.trim());
        continue;
      }
      const specifiers = importableSpecifiers(manifest);
      const loaded = await capture(process.execPath, ['load.mjs', JSON.stringify(specifiers)], { cwd: consumer });
      if (loaded.code !== 0)
        faults.push(`${path}: ${name} does not load when installed alone:\n${loaded.stderr}`.trim());
      else console.log(`${name}: ${specifiers.join(', ')}`);

      for (const program of Object.keys(manifest['bin'] ?? {})) {
        const started = await capture(join(consumer, 'node_modules', '.bin', program), ['--help'], { cwd: consumer });
        if (started.code !== 0) faults.push(`${path}: ${program} --help fails:\n${started.stderr}`.trim());
        else console.log(`${name}: ${program} --help`);
      }
    }
    return faults;
  });
}

if (isMain(import.meta.url)) await runCheck('install', checkInstall);
