import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { TestAuthority, TestClock } from './support/authority.js';
import { TestServer } from './support/http-server.js';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');

it('the example of the README runs as printed, and prints what it says', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const source = /<!-- example: status\.mjs -->\s*```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const output = /```text\n([\s\S]*?)```/.exec(readme)?.[1];
  const clock = new TestClock();
  clock.now = Date.now();
  const authority = await TestAuthority.create(clock);
  const agent = await authority.issue('agent');
  const server = await TestServer.start(authority.handle);
  // Inside the package, so that the example finds it by name.
  const folder = mkdtempSync(join(PACKAGE, '.examples-'));
  try {
    writeFileSync(join(folder, 'status.mjs'), source);
    const env = { ...process.env, AUTHORITY_URL: server.url, PASSPORT_ID: agent.passport.passport_id };
    const { stdout } = await promisify(execFile)(process.execPath, ['status.mjs'], { cwd: folder, env });
    expect(stdout).toBe(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  }
});
