import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // Every test runs the built command, often with other programs at either side.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
