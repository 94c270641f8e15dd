// Two packages of the Python registry import under one name, so each gets a virtual environment of its own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('python/', import.meta.url));

function run(command, args, input) {
  // One time zone everywhere: one of the packages reads a timestamp without a zone as local time.
  const env = { ...process.env, TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  const result = spawnSync(command, args, { input, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${result.stderr}`);
  return result.stdout;
}

/**
 * Installs exactly one version of a package below `folder`; answers with a function that runs one of our scripts
 * against it: JSON text in, a value out.
 */
export function installPackage(folder, name, version, script) {
  const environment = join(folder, name);
  run('python3', ['-m', 'venv', environment]);
  const python = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  run(python, ['-m', 'pip', 'install', '--quiet', '--no-input', `${name}==${version}`]);
  return (command, request) => JSON.parse(run(python, [join(SCRIPTS, script), command], request));
}
