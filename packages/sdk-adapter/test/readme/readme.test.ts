import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '../..');
const ROOT = join(PACKAGE, '../..');

/** The examples of a document: fenced blocks that follow a comment with their file name. */
function examplesOf(document: string): Map<string, string> {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const block = /<!-- example: ([\w.-]+) -->\s*```\w*\n([\s\S]*?)```/g;
  return new Map([...text.matchAll(block)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

function run(folder: string, file: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}

describe('the examples of the first page', () => {
  let folder: string;

  beforeEach(() => {
    // Inside the package, so that the examples find it and what it depends on by name.
    folder = mkdtempSync(join(PACKAGE, '.examples-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('run as printed, and print what the page says', async () => {
    const examples = examplesOf('README.md');
    expect([...examples.keys()]).toEqual(['setup.mjs', 'server.mjs', 'client.mjs']);
    for (const [file, source] of examples) writeFileSync(join(folder, file), source);
    expect(await run(folder, 'setup.mjs')).toEqual({ code: 0, output: '' });
    expect(await run(folder, 'client.mjs')).toEqual({ code: 0, output: 'Hello agent, trust level 1\n' });
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('# Hello agent, trust level 1');
  });

  it('fail when the passport of the agent comes from somebody else', async () => {
    for (const [file, source] of examplesOf('README.md')) writeFileSync(join(folder, file), source);
    await run(folder, 'setup.mjs');
    const stranger = readFileSync(join(folder, 'agent.json'), 'utf8');
    await run(folder, 'setup.mjs');
    writeFileSync(join(folder, 'agent.json'), stranger);
    const { code, output } = await run(folder, 'client.mjs');
    expect(code).not.toBe(0);
    expect(output).toContain('MCPS-001');
  });
});
