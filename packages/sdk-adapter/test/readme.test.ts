import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './harness/stdio.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** The code blocks of one language, in their order. */
function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!);
}

describe('the example of the README', () => {
  it('runs against the built package, and prints what it says', async () => {
    const readme = await readFile(`${packageFolder}README.md`, 'utf8');
    const [example] = blocksOf(readme, 'js');
    const said = [...example!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    expect(said.length).toBeGreaterThan(0);
    const outcome = await run(['--input-type=module', '--eval', example!], { cwd: packageFolder, input: '' });
    expect(outcome.stderr).toBe('');
    expect(outcome.stdout.trimEnd().split('\n')).toEqual(said);
    expect(outcome.code).toBe(0);
  });
});
