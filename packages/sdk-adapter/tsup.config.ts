import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    clean: true,
    external: [/^node:/, /^@mcps\//, /^@modelcontextprotocol\//],
  },
  {
    // The command: Node only, run rather than imported.
    entry: { 'mcps-wrap': 'src/bin/mcps-wrap.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: false,
    external: [/^@mcps\//, /^@modelcontextprotocol\//, 'cross-spawn'],
  },
]);
