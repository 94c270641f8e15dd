// The tarball of each public package: its content, its manifest, publint and "are the types wrong".
import { isMain, runCheck } from './lib/main.mjs';
import { captureBin } from './lib/pnpm.mjs';
import { listTarball, readFromTarball, withTarballs } from './lib/tarballs.mjs';

const installScripts = ['preinstall', 'install', 'postinstall', 'prepare'];

/**
 * @param {readonly string[]} files of the tarball
 * @param {Record<string, any>} manifest as packed
 * @returns {string[]}
 */
export function contentFaults(files, manifest) {
  /** @type {string[]} */
  const faults = [];
  for (const needed of ['package.json', 'README.md', 'LICENSE']) {
    if (!files.includes(needed)) faults.push(`lacks ${needed}`);
  }
  if (!files.some((file) => file.startsWith('dist/'))) faults.push('lacks its build: dist is empty');
  for (const file of files) {
    if (/^(?:test|coverage|node_modules|\.turbo)\/|\.tsbuildinfo$|(?:^|\/)\.env/.test(file)) {
      faults.push(`should not contain ${file}`);
    }
  }
  for (const [name, range] of Object.entries({ ...manifest['dependencies'], ...manifest['peerDependencies'] })) {
    if (/^(?:workspace|file|link|git|https?):/.test(String(range))) faults.push(`depends on ${name} as "${range}"`);
  }
  for (const script of installScripts) {
    if (manifest['scripts']?.[script] !== undefined) faults.push(`runs a "${script}" script on its users' machines`);
  }
  if (manifest['license'] !== 'MIT') faults.push('does not say "license": "MIT"');
  if (manifest['engines']?.node === undefined) faults.push('does not say which Node it needs ("engines")');
  if (manifest['publishConfig']?.access !== 'public')
    faults.push('does not say "publishConfig": { "access": "public" }');
  return faults;
}

/** @returns {Promise<string[]>} */
export function checkPackages() {
  return withTarballs(async (packed) => {
    /** @type {string[]} */
    const faults = [];
    for (const { workspace, tarball } of packed) {
      const manifest = JSON.parse(await readFromTarball(tarball, 'package.json'));
      const content = contentFaults(await listTarball(tarball), manifest);
      faults.push(...content.map((fault) => `${workspace.path}: the package ${fault}`));

      const publint = await captureBin('publint', ['run', tarball, '--strict']);
      if (publint.code !== 0) faults.push(`${workspace.path}: publint\n${publint.stdout}${publint.stderr}`.trim());

      // "node10" resolution knows no exports map, hence no subpaths: nothing that it serves still runs on Node 20.
      const attw = await captureBin('attw', [tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji']);
      if (attw.code !== 0) faults.push(`${workspace.path}: attw\n${attw.stdout}${attw.stderr}`.trim());
    }
    return faults;
  });
}

if (isMain(import.meta.url)) await runCheck('packages', checkPackages);
