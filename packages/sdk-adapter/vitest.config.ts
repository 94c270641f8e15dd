import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // In-process tests run against the sources of the layers below; the child processes of the stdio tests run the built packages.
    alias: [
      { find: /^@mcps\/protocol$/, replacement: source('../protocol/src/index.ts') },
      { find: /^@mcps\/trust-client$/, replacement: source('../trust-client/src/index.ts') },
      { find: /^@mcps\/crypto$/, replacement: source('../crypto/src/index.node.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
