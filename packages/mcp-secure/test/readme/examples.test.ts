import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as mcps from '../../src/index.js';
import { ProgramFolder } from '../support/programs.js';

const folder = new ProgramFolder();
afterAll(() => folder.remove());

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
const README = textOf('packages/mcp-secure/README.md');

/** The programs of a document: fenced blocks that follow a comment with their file name. */
const examplesOf = (document: string): [string, string][] =>
  [...document.matchAll(/<!-- example: ([\w.-]+) -->\s*```js\n([\s\S]*?)```/g)].map(([, file = '', text = '']) => [
    file,
    text,
  ]);

const printedBy = (text: string): string =>
  [...text.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line = '']) => `${line}\n`).join('');

describe.each([
  ['the README', README, 3],
  ['the page on migration', textOf('docs/migration.md'), 2],
])('%s', (_name, document, count) => {
  it('has the programs that are run here', () => {
    expect(examplesOf(document)).toHaveLength(count);
  });

  it.each(examplesOf(document))('%s runs, and prints what it says', async (file, text) => {
    const stdout = printedBy(text);
    expect(stdout).not.toBe('');
    expect(await folder.run(file, text)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('has programs that are correct TypeScript, strict', () => {
    const programs = examplesOf(document).map(([file, text]): [string, string] => [
      file.replace(/\.cjs$/, '.cts').replace(/\.mjs$/, '.mts'),
      text
        .replace("const mcps = require('mcp-secure');", "import mcps = require('mcp-secure');")
        .replace('envelope, keys.publicKey).error.code', 'envelope, keys.publicKey).error?.code'),
    ]);
    expect(folder.faultsOf(Object.fromEntries(programs))).toEqual([]);
  });
});

it('the README names every value that the package exports', () => {
  const table = README.slice(README.indexOf('## What is there'), README.indexOf('## Tools'));
  const named = new Set([...table.matchAll(/`(?:new )?([A-Za-z][\w]*)(?:\(|`)/g)].map(([, name = '']) => name));
  const exported = Object.keys(mcps).filter((name) => name !== 'default');
  expect(exported.filter((name) => !named.has(name))).toEqual([]);
});
