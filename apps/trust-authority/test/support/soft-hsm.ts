import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** The PKCS #11 module of SoftHSM, where that is installed together with its tool. */
export function findSoftHsm(): string | undefined {
  const hasTool = (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, 'softhsm2-util')));
  return hasTool ? MODULES.find((path) => existsSync(path)) : undefined;
}

export interface SoftToken {
  readonly label: string;
  readonly pin: string;
  /** Takes the tokens away, as when a device is unplugged. */
  remove(): Promise<void>;
}

/** A token of its own in a temporary folder. The module reads SOFTHSM2_CONF when it is initialised. */
export async function createSoftToken(label: string): Promise<SoftToken> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-softhsm-'));
  await mkdir(join(folder, 'tokens'));
  const configuration = join(folder, 'softhsm2.conf');
  await writeFile(
    configuration,
    `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = configuration;
  const pin = '482915';
  await run('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '739164']);
  return { label, pin, remove: () => rm(folder, { recursive: true, force: true }) };
}
