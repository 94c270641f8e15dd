import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    'serve-fixture': 'src/serve-fixture.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  clean: true,
  skipNodeModulesBundle: true,
});
