import { defineConfig } from 'vitest/config';

// The layers below are imported as they are built: the programs that the tests start do the same, and no class is there twice.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
