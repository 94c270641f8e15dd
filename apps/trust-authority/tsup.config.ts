import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    dts: true,
    // The two builds run side by side: this one must not remove what the other has written.
    clean: ['!main.js'],
    skipNodeModulesBundle: true,
  },
  {
    // The command: run rather than imported.
    entry: { main: 'src/main.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: false,
    skipNodeModulesBundle: true,
  },
]);
