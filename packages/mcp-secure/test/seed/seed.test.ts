import { afterAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/index.js';
import { ProgramFolder } from '../support/programs.js';
import {
  FIRST_STEPS,
  SECURE_MESSAGES,
  SECURE_SERVER,
  TOOL_INTEGRITY,
  TRANSCRIPT_BINDING,
  commonJs,
  esModule,
  typedCommonJs,
} from './snippets.js';
import type { Snippet } from './snippets.js';

const folder = new ProgramFolder();
afterAll(() => folder.remove());

const SNIPPETS: readonly (readonly [string, Snippet])[] = [
  ['the first steps', FIRST_STEPS],
  ['tool integrity', TOOL_INTEGRITY],
  ['transcript binding', TRANSCRIPT_BINDING],
  ['a secured server of the official SDK', SECURE_SERVER],
  ['a secured server of your own', SECURE_MESSAGES],
];

describe.each(SNIPPETS)('the published example of %s', (name, snippet) => {
  const env = { MCPS_PRIVATE_KEY: generateKeyPair().privateKey };
  const file = name.replaceAll(' ', '-');
  const stdout = snippet.prints.map((line) => `${line}\n`).join('');

  it('runs as printed, with require', async () => {
    const ended = await folder.run(`${file}.cjs`, commonJs(snippet), env);
    expect(ended).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('runs with import', async () => {
    const ended = await folder.run(`${file}.mjs`, esModule(snippet), env);
    expect(ended).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('is correct TypeScript, strict, either way', () => {
    const programs = { [`${file}.ts`]: esModule(snippet), [`${file}.cts`]: typedCommonJs(snippet) };
    expect(folder.faultsOf(programs)).toEqual([]);
  });
});

it('the compiler that judges the examples knows the types: what is wrong it refuses', () => {
  const faults = folder.faultsOf({
    'wrong.ts': "import { verifyMessage } from 'mcp-secure';\nverifyMessage({}, 1).nothing;\n",
  });
  expect(faults.join()).toMatch(/'number' is not assignable/);
  expect(faults.join()).toMatch(/'nothing' does not exist/);
});
