import { describe, expect, it } from 'vitest';
import { changesetFaults, readChangeset } from '../check-changesets.mjs';
import { workspaces } from '../lib/workspaces.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

/** @param {Record<string, string>} files */
function faults(files) {
  const root = temporaryRepository({
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/a/package.json': '{"name":"@x/a","version":"1.2.0"}',
    'packages/hidden/package.json': '{"name":"@x/hidden","private":true}',
    '.changeset/README.md': 'About this folder.',
    ...files,
  });
  return changesetFaults(root, workspaces(root));
}

describe('changesetFaults', () => {
  it('accepts a pending changeset', () => {
    expect(faults({ '.changeset/one.md': '---\n"@x/a": minor\n---\n\nWhy and who notices.\n' })).toEqual([]);
  });

  it('accepts a changelog entry for the present version', () => {
    expect(faults({ 'packages/a/CHANGELOG.md': '# @x/a\n\n## 1.2.0\n\n- What.\n' })).toEqual([]);
  });

  it('reports a public package without either', () => {
    expect(faults({})).toEqual([expect.stringContaining('no pending changeset names @x/a')]);
    expect(faults({ 'packages/a/CHANGELOG.md': '## 1.1.0\n' })).toHaveLength(1);
  });

  it.each([
    ['no front matter', 'Something changed.'],
    ['an unknown kind of release', '---\n"@x/a": huge\n---\n\nWhy.'],
  ])('reports a changeset with %s', (_fault, text) => {
    expect(faults({ '.changeset/one.md': text })).toContain('.changeset/one.md: cannot be read as a changeset');
  });

  it('reports a changeset that says nothing, or is for nobody', () => {
    expect(faults({ '.changeset/one.md': '---\n"@x/a": patch\n---\n\n' })).toEqual([
      '.changeset/one.md: says nothing about the change',
    ]);
    expect(faults({ '.changeset/one.md': '---\n"@x/a": patch\n"@x/hidden": patch\n---\n\nWhy.' })).toEqual([
      '.changeset/one.md: @x/hidden is no public package of this repository',
    ]);
  });
});

it('reads several releases of one changeset', () => {
  expect(readChangeset("---\n'@x/a': major\n'@x/b': patch\n---\n\nWhy.\n")).toEqual({
    releases: ['@x/a', '@x/b'],
    summary: 'Why.',
  });
});
