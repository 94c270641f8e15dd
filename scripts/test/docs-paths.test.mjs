import { describe, expect, it } from 'vitest';
import { docsPathFaults, pathsIn } from '../check-docs-paths.mjs';
import { projectFiles } from '../lib/files.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

/** @param {string} markdown @param {string} [document] */
async function faults(markdown, document = 'docs/guide.md') {
  const root = temporaryRepository({
    'package.json': '{"scripts":{"demo":"x"}}',
    'README.md': '# Top\n\n## Quick start & more\n\n## Quick start & more\n',
    'packages/crypto/package.json': '{}',
    'packages/crypto/src/jcs/parse.ts': '',
    'packages/crypto/test/jcs/parse.test.ts': '',
    [document]: markdown,
  });
  return docsPathFaults(root, await projectFiles(root));
}

describe('code spans', () => {
  it.each([
    '`packages/crypto/src/jcs/parse.ts`',
    '`packages/crypto/`',
    '`packages/crypto/src/jcs/parse.ts:12`',
    '`packages/*/src/**/*.ts`',
    '`packages/crypto/{src,test}/jcs`',
    '`cd packages/crypto && vitest run test/jcs/parse.test.ts`',
    '`packages/crypto/dist/index.js`',
    '`@mcps/crypto/node`, `application/json`, `tools/call`, `and/or`, `https://example.com/docs/x.md`',
    '`/.well-known/keys.json`, `~/keys/a.json`, `<folder>/a.json`',
    '```sh\ncat packages/gone.ts\n```',
  ])('accepts %s', async (markdown) => {
    const document = markdown.includes('cd packages') ? 'packages/crypto/README.md' : 'docs/guide.md';
    expect(await faults(markdown, document)).toEqual([]);
  });

  it.each([
    ['`packages/crypto/src/gone.ts`', 'packages/crypto/src/gone.ts'],
    ['`packages/gone`', 'packages/gone'],
    ['`node scripts/gone.mjs --fast`', 'scripts/gone.mjs'],
    ['`./gone.ts`', './gone.ts'],
    ['`packages/*/gone/**/*.ts`', 'packages/*/gone/**/*.ts'],
  ])('reports %s', async (markdown, path) => {
    expect(await faults(`one\n\n${markdown}`)).toEqual([`docs/guide.md:3: \`${path}\` does not exist`]);
  });

  it('knows folders beside the document', async () => {
    expect(await faults('`src/jcs/parse.ts`', 'packages/crypto/README.md')).toEqual([]);
    expect(await faults('`src/jcs/gone`', 'packages/crypto/README.md')).toHaveLength(1);
  });

  it('leaves out what a comment says is not in this repository', async () => {
    expect(await faults('<!-- not in this repository: your/keys.json -->\n`your/keys.json`')).toEqual([]);
    expect(await faults('`your/keys.json`')).toHaveLength(1);
  });

  it('takes several paths out of one span', () => {
    expect(pathsIn('mv docs/a.md docs/b.md', (first) => first === 'docs')).toEqual(['docs/a.md', 'docs/b.md']);
  });
});

describe('links', () => {
  it.each([
    '[a](../README.md)',
    '[a](../README.md#quick-start--more)',
    '[a](../README.md#quick-start--more-1 "title")',
    '[a](/packages/crypto/)',
    '[a](https://example.com/gone.md) [b](mailto:a@example.com) [c](#here)\n\n# Here',
    '[a][x]\n\n[x]: ../README.md',
    '`[a](gone.md)` is how a link is written',
  ])('accepts %s', async (markdown) => {
    expect(await faults(markdown)).toEqual([]);
  });

  it.each([
    '[a](gone.md)',
    '![a](../gone.png)',
    '[a][x]\n\n[x]: gone.md',
    '<a href="gone.md">a</a>',
    '[a](../../out.md)',
  ])('reports %s', async (markdown) => {
    expect(await faults(markdown)).toEqual([expect.stringContaining('does not exist')]);
  });

  it.each(['[a](../README.md#gone)', '[a](#gone)'])('reports the missing heading of %s', async (markdown) => {
    expect(await faults(markdown)).toEqual([expect.stringContaining('names no heading')]);
  });
});

it('reports a script that the root does not have', async () => {
  expect(await faults('```sh\nnpm run demo -- --json\nnpm run --silent demo\n```')).toEqual([]);
  expect(await faults('Run `npm run dmeo`.')).toEqual(['docs/guide.md:1: the root has no script for "npm run dmeo"']);
});
