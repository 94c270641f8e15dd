import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@mcps\/protocol$/, replacement: source('../protocol/src/index.ts') },
      { find: /^@mcps\/crypto\/node$/, replacement: source('../crypto/src/node.ts') },
      { find: /^@mcps\/crypto$/, replacement: source('../crypto/src/index.node.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
