import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExampleFolder, ROOT, examplesOf } from './examples.js';

const HELLO = '[{"type":"text","text":"Hello agent, trust level 1"}]\n';
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

describe('the examples of the first page', () => {
  let folder: ExampleFolder;
  const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const examples = examplesOf('README.md');

  beforeEach(() => {
    folder = new ExampleFolder();
    for (const [file, source] of examples) folder.write(file, source);
  });

  afterEach(() => {
    folder.remove();
  });

  it('run as printed, and print what the page says', async () => {
    expect([...examples.keys()]).toEqual(['setup.mjs', 'server.mjs', 'client.mjs']);
    expect(await folder.run(['setup.mjs'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await folder.run(['client.mjs'])).toEqual({ code: 0, stdout: HELLO, stderr: '' });
    expect(page).toContain(`# ${HELLO}`);
  });

  it('begin with the two lines that the server is secured by', () => {
    const first = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const lines = first.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(examples.get('server.mjs')?.split('\n')).toContain(line);
  });

  it('fail when the passport of the agent comes from somebody else', async () => {
    await folder.run(['setup.mjs']);
    const stranger = folder.read('agent.json');
    await folder.run(['setup.mjs']);
    folder.write('agent.json', stranger);
    const { code, stderr } = await folder.run(['client.mjs']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('MCPS-001');
  });

  it.each(['nodenext', 'bundler'])('are strict TypeScript as well, with module resolution %s', async (resolution) => {
    const files = [...examples.keys()].map((file) => file.replace('.mjs', '.mts'));
    for (const [file, source] of examples) folder.write(file.replace('.mjs', '.mts'), source);
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--module', module];
    const compiled = await folder.run([TSC, ...options, '--moduleResolution', resolution, ...files]);
    expect(compiled).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
