import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // In-process tests run against the sources of the layers below; child processes run the built packages.
    alias: [
      { find: /^@mcps\/protocol$/, replacement: source('../../packages/protocol/src/index.ts') },
      { find: /^@mcps\/crypto$/, replacement: source('../../packages/crypto/src/index.node.ts') },
      { find: /^@mcps\/crypto\/node$/, replacement: source('../../packages/crypto/src/node.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
