import { defineConfig } from 'tsup';

// One build for the three entries: with splitting, "." and "./node" load the same chunk for the key
// classes, in ESM and in CommonJS, so `instanceof` holds across them.
export default defineConfig({
  entry: { 'index.node': 'src/index.node.ts', 'index.web': 'src/index.web.ts', node: 'src/node.ts' },
  format: ['esm', 'cjs'],
  platform: 'neutral',
  external: [/^node:/],
  target: 'es2022',
  splitting: true,
  dts: true,
  sourcemap: true,
  clean: true,
});
