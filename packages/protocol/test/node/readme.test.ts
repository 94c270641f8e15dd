import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '../..');

it('the example of the README runs as printed, and prints what the README says', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const source = /<!-- example: protocol\.mjs -->\s*```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const output = /```text\n([\s\S]*?)```/.exec(readme)?.[1];
  // Inside the package, so that the example finds it by name.
  const folder = mkdtempSync(join(PACKAGE, '.examples-'));
  try {
    writeFileSync(join(folder, 'protocol.mjs'), source);
    const { stdout } = await promisify(execFile)(process.execPath, ['protocol.mjs'], { cwd: folder });
    expect(stdout).toBe(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
