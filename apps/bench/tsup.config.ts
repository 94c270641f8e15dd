import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    'bare-server': 'src/programs/bare-server.ts',
    'fill-store': 'src/programs/fill-store.ts',
    'stdio-server': 'src/programs/stdio-server.ts',
    'stdio-server-2': 'src/programs/stdio-server-2.ts',
    'trusting-server': 'src/programs/trusting-server.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  clean: true,
  // What is measured is what users load: the built packages, and the rivals as they are published.
  skipNodeModulesBundle: true,
});
