import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { mcps: 'src/bin/mcps.ts' },
  format: ['esm'],
  // What a command alone needs is loaded when it is called.
  splitting: true,
  target: 'node20',
  platform: 'node',
  dts: false,
  clean: true,
});
