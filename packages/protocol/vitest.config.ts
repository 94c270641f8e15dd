import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';
import { browserOptions } from '../../scripts/lib/vitest-browser.js';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

const projects: TestProjectInlineConfiguration[] = [
  { test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], ...timeouts } },
];

const browser = browserOptions('@mcps/protocol');
if (browser !== undefined) {
  projects.push({
    test: {
      name: 'browser',
      include: ['test/**/*.test.ts'],
      exclude: ['test/node/**'],
      ...timeouts,
      browser,
    },
  });
}

export default defineConfig({ test: { projects } });
