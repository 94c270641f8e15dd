import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installationKey } from '../lib/install.mjs';
import { workspacePatterns, workspaces } from '../lib/workspaces.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

const files = {
  'package.json': '{}',
  'pnpm-lock.yaml': 'lockfileVersion: 9',
  'pnpm-workspace.yaml': "packages:\n  - packages/*\n  - 'vectors'\nignoredBuiltDependencies:\n  - esbuild\n",
  'packages/b/package.json': '{"name":"b","private":true}',
  'packages/a/package.json': '{"name":"a"}',
  'packages/no-manifest/readme.txt': '',
  'vectors/package.json': '{"name":"v","private":true}',
};

it('reads the workspace patterns and nothing else of the file', () => {
  expect(workspacePatterns(files['pnpm-workspace.yaml'])).toEqual(['packages/*', 'vectors']);
});

it('finds every workspace, and which are public', () => {
  const found = workspaces(temporaryRepository(files)).map(({ name, path, isPublic }) => [name, path, isPublic]);
  expect(found).toEqual([
    ['a', 'packages/a', true],
    ['b', 'packages/b', false],
    ['v', 'vectors', false],
  ]);
});

it.each(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'packages/a/package.json', 'vectors/package.json'])(
  'installs again after a change of %s',
  (file) => {
    const root = temporaryRepository(files);
    const before = installationKey(root);
    expect(installationKey(root)).toBe(before);
    writeFileSync(join(root, file), `${files[/** @type {keyof typeof files} */ (file)]}\n`);
    expect(installationKey(root)).not.toBe(before);
  },
);
