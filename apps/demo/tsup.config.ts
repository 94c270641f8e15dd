import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  clean: true,
  // Everything from outside stays outside: one copy of every class, the same that a user would load.
  skipNodeModulesBundle: true,
});
