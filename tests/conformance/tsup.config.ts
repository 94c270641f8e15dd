import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    'serve-fixture': 'src/serve-fixture.ts',
    'client-1x': 'src/clients/client-1x.ts',
    'client-2x': 'src/clients/client-2x.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  clean: true,
  skipNodeModulesBundle: true,
});
