import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/config/settings.js';
import { startAuthority } from './support/authority-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const readme = () => readFile(`${packageFolder}README.md`, 'utf8');

describe('the README', () => {
  it('has a quick start that does what it says', async () => {
    const example = /```js\n(.*?)```/s.exec(await readme())![1]!;
    const said = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    expect(said).toEqual(['agent 1', 'VALID', 'REVOKED']);
    const authority = await startAuthority({ DATA_DIR: `${await temporaryFolder()}/data` });
    const token = /^admin token .*: (\S+)$/m.exec(authority.output())![1]!;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: packageFolder,
      env: { PATH: process.env['PATH'], AUTHORITY: authority.url, ADMIN_TOKEN: token },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    await new Promise((resolve) => child.on('close', resolve));
    await authority.stop();
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(said);
  });

  it('names every setting', async () => {
    const text = await readme();
    for (const { env } of Object.values(SETTINGS)) expect(text).toContain(`| \`${env}\``);
  });
});
