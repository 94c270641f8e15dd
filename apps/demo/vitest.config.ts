import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A demonstration has a limit for how long a cut-off may take: two of them at once would measure each other.
    fileParallelism: false,
  },
});
