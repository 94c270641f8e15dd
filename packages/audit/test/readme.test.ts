import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..');
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const run = promisify(execFile);

describe('the example of the README', () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const source = /<!-- example: audit\.mjs -->\s*```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const output = /```text\n([\s\S]*?)```/.exec(readme)?.[1];
  let folder = '';

  beforeEach(() => {
    // Inside the package, so that the example finds it by name.
    folder = mkdtempSync(join(PACKAGE, '.examples-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs as printed, and prints what it says', async () => {
    writeFileSync(join(folder, 'audit.mjs'), source);
    const { stdout, stderr } = await run(process.execPath, ['audit.mjs'], { cwd: folder });
    expect([stdout, stderr]).toEqual([output, '']);
    const records = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
    expect(records.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ event: 'message.accepted', method: 'tools/call', agentName: 'assistant' }),
    );
  });

  it('compiles', async () => {
    writeFileSync(join(folder, 'audit.mts'), source);
    const options = ['--noEmit', '--skipLibCheck', '--target', 'es2022', '--types', 'node'];
    const modules = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];
    await run(process.execPath, [TSC, ...options, ...modules, 'audit.mts'], { cwd: folder });
  });
});
