import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';
import { browserOptions } from '../../scripts/lib/vitest-browser.js';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Tests import `#crypto`: the same suite runs against each entry of the package. */
const entry = (path: string) => ({ alias: { '#crypto': source(path) } });

const projects: TestProjectInlineConfiguration[] = [
  {
    resolve: entry('./src/index.node.ts'),
    test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], exclude: ['test/web/**'], ...timeouts },
  },
  {
    resolve: entry('./src/index.web.ts'),
    test: {
      name: 'web-on-node',
      environment: 'node',
      include: ['test/**/*.test.ts'],
      exclude: ['test/node/**', 'test/jcs/**', 'test/encoding/**'],
      ...timeouts,
    },
  },
];

const browser = browserOptions('@mcps/crypto');
if (browser !== undefined) {
  projects.push({
    resolve: entry('./src/index.web.ts'),
    // Found while the tests run, it would make the page reload.
    optimizeDeps: { include: ['fast-check'] },
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
