import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REDIS_SERVER, TestRedis } from './support/redis-server.js';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');

it.skipIf(REDIS_SERVER === undefined)(
  'the example of the README runs as printed, and prints what it says',
  async () => {
    const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
    const source = /<!-- example: fleet\.mjs -->\s*```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const output = /```text\n([\s\S]*?)```/.exec(readme)?.[1];
    const server = await TestRedis.start();
    // Inside the package, so that the example finds it by name.
    const folder = mkdtempSync(join(PACKAGE, '.examples-'));
    try {
      writeFileSync(join(folder, 'fleet.mjs'), source);
      const env = { ...process.env, REDIS_URL: `redis://127.0.0.1:${server.port}` };
      const { stdout } = await promisify(execFile)(process.execPath, ['fleet.mjs'], { cwd: folder, env });
      expect(stdout).toBe(output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await server.stop();
    }
  },
);
