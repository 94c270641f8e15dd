import { describe, expect, it } from 'vitest';
import { importableSpecifiers } from '../check-install.mjs';
import { contentFaults } from '../check-packages.mjs';

const files = ['package.json', 'README.md', 'LICENSE', 'dist/index.js'];
const manifest = {
  name: '@x/a',
  license: 'MIT',
  engines: { node: '>=20' },
  publishConfig: { access: 'public' },
  dependencies: { b: '^1.0.0' },
};

describe('contentFaults', () => {
  it('accepts a complete package', () => {
    expect(contentFaults(files, manifest)).toEqual([]);
  });

  it.each(['package.json', 'README.md', 'LICENSE'])('misses %s', (file) => {
    const rest = files.filter((name) => name !== file);
    expect(contentFaults(rest, manifest)).toEqual([`lacks ${file}`]);
  });

  it('misses the build', () => {
    expect(contentFaults(files.slice(0, 3), manifest)).toEqual(['lacks its build: dist is empty']);
  });

  it.each(['test/a.test.ts', '.env', 'tsconfig.tsbuildinfo'])('does not want %s', (file) => {
    expect(contentFaults([...files, file], manifest)).toEqual([`should not contain ${file}`]);
  });

  it.each(['workspace:^', 'file:../b', 'link:../b', 'https://example.com/b.tgz'])('does not want %s', (range) => {
    expect(contentFaults(files, { ...manifest, dependencies: { b: range } })).toEqual([`depends on b as "${range}"`]);
  });

  it('does not want to run code at installation', () => {
    const found = contentFaults(files, { ...manifest, scripts: { postinstall: 'x', build: 'tsup' } });
    expect(found).toEqual([expect.stringContaining('postinstall')]);
  });

  it.each(['license', 'engines', 'publishConfig'])('wants %s', (field) => {
    expect(contentFaults(files, { ...manifest, [field]: undefined })).toHaveLength(1);
  });
});

it('imports every entry of the exports map but patterns and data', () => {
  const exports = { '.': {}, './node': {}, './package.json': './package.json', './schemas/*': './schemas/*' };
  expect(importableSpecifiers({ name: '@x/a', exports })).toEqual(['@x/a', '@x/a/node']);
});
