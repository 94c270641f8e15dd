import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', node: 'src/node.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // The entries share one copy of every class, so that `instanceof` holds across them, in CommonJS too.
  splitting: true,
  dts: true,
  clean: true,
  external: [/^node:/, /^@mcps\//],
});
