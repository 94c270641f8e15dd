import { describe, expect, it } from 'vitest';
import { buildFaults, manifestFaults } from '../check-layers.mjs';
import { importFault, isNodeOnlyFile } from '../lib/layers.mjs';
import { workspaces } from '../lib/workspaces.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

describe('importFault', () => {
  it.each([
    ['@mcps/crypto', 'src/jcs/parse.ts', './number.js'],
    ['@mcps/crypto', 'src/jcs/parse.ts', '../error.js'],
    ['@mcps/crypto', 'src/platform/node/hash.ts', 'node:crypto'],
    ['@mcps/crypto', 'src/node.ts', 'node:stream'],
    ['@mcps/crypto', 'test/jcs.test.ts', '@mcps/sdk-adapter'],
    ['@mcps/protocol', 'src/envelope.ts', '@mcps/crypto'],
    ['@mcps/protocol', 'src/node/run-sync.ts', '@mcps/crypto/node'],
    ['@mcps/trust-client', 'src/a.ts', '@mcps/protocol'],
    ['@mcps/sdk-adapter', 'src/a.ts', '@modelcontextprotocol/sdk/types.js'],
    ['@mcps/sdk-adapter', 'src/a.ts', 'node:http'],
    ['@mcps/demo', 'src/a.ts', '@mcps/sdk-adapter'],
    ['@mcps/protocol', 'src/version.ts', '../package.json'],
  ])('%s: %s may import %s', (name, path, specifier) => {
    expect(importFault(name, path, specifier)).toBeUndefined();
  });

  it.each([
    ['@mcps/crypto', 'src/a.ts', '@mcps/protocol'],
    ['@mcps/crypto', 'src/a.ts', 'jose'],
    ['@mcps/crypto', 'src/a.ts', 'node:crypto'],
    ['@mcps/crypto', 'src/a.ts', '@mcps/crypto/node'],
    ['@mcps/crypto', 'src/a.ts', '../../protocol/src/index.js'],
    ['@mcps/crypto', 'src/a.ts', '../test/helper.js'],
    ['@mcps/protocol', 'src/a.ts', '@mcps/sdk-adapter'],
    ['@mcps/protocol', 'src/a.ts', '@mcps/crypto-extra'],
    ['@mcps/protocol', 'src/connection/a.ts', 'node:fs'],
    ['@mcps/trust-client', 'src/a.ts', '@mcps/sdk-adapter'],
    ['@mcps/trust-client', 'src/a.ts', 'undici'],
    ['@mcps/sdk-adapter', 'src/a.ts', '@mcps/demo'],
  ])('%s: %s may not import %s', (name, path, specifier) => {
    expect(importFault(name, path, specifier)).toEqual(expect.any(String));
  });

  it('confines Node to its folder and to files that say so', () => {
    const yes = ['src/platform/node/a.ts', 'src/node.ts', 'src/node/a.ts', 'src/node-file.ts'];
    const no = ['src/index.node.ts', 'src/platform/web/a.ts', 'src/x/node.ts', 'src/a.ts'];
    expect([...yes, ...no].filter(isNodeOnlyFile)).toEqual(yes);
  });
});

const manifest = {
  name: '@mcps/protocol',
  dependencies: { '@mcps/crypto': 'workspace:^' },
  exports: {
    '.': { node: './dist/index.node.js', default: { types: './dist/index.d.ts', default: './dist/index.js' } },
  },
};

/** @param {Record<string, string>} dist @param {object} [changes] */
function protocolWith(dist, changes = {}) {
  const root = temporaryRepository({
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/protocol/package.json': JSON.stringify({ ...manifest, ...changes }),
    ...Object.fromEntries(Object.entries(dist).map(([file, text]) => [`packages/protocol/dist/${file}`, text])),
  });
  const [workspace] = workspaces(root);
  if (workspace === undefined) throw new Error('no workspace');
  return workspace;
}

describe('the manifest', () => {
  it('may name the layers below', () => {
    expect(manifestFaults(protocolWith({}))).toEqual([]);
  });

  it.each(['@mcps/sdk-adapter', 'ajv'])('may not name %s', (name) => {
    expect(manifestFaults(protocolWith({}, { dependencies: { [name]: '1' } }))).toHaveLength(1);
    expect(manifestFaults(protocolWith({}, { peerDependencies: { [name]: '1' } }))).toHaveLength(1);
  });

  it('must belong to a known layer', () => {
    expect(manifestFaults(protocolWith({}, { name: '@mcps/new' }))).toEqual([expect.stringContaining('no row')]);
  });
});

describe('the build', () => {
  const node = { 'index.node.js': `import 'node:fs'; import '@mcps/crypto';` };

  it('may import its dependencies, and Node where it is for Node', () => {
    const dist = { ...node, 'index.js': `import './chunk-1.js';`, 'chunk-1.js': `export * from '@mcps/crypto';` };
    expect(buildFaults(protocolWith(dist))).toEqual([]);
  });

  it('may not reach Node from the browser entry, even through a chunk', () => {
    const dist = { ...node, 'index.js': `import './chunk-1.js';`, 'chunk-1.js': `const fs = await import('node:fs');` };
    expect(buildFaults(protocolWith(dist))).toEqual([
      expect.stringMatching(/chunk-1\.js: the browser build .*node:fs/),
    ]);
  });

  it('may not import what it does not declare', () => {
    const dist = { ...node, 'index.js': '', 'other.cjs': `require('lodash/get');` };
    expect(buildFaults(protocolWith(dist))).toEqual([expect.stringMatching(/other\.cjs: imports "lodash\/get"/)]);
  });

  it('may not swallow a sibling', () => {
    expect(buildFaults(protocolWith({ 'index.js': '' }))).toEqual([expect.stringContaining('is it bundled')]);
  });

  it('must exist', () => {
    expect(buildFaults(protocolWith({}))).toEqual(['packages/protocol: not built']);
  });
});
