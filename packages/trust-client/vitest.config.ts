import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { browserOptions } from '../../scripts/lib/vitest-browser.js';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };
const protocol = { find: /^@mcps\/protocol$/, replacement: source('../protocol/src/index.ts') };

const projects: TestProjectInlineConfiguration[] = [
  {
    resolve: { alias: [protocol, { find: /^@mcps\/crypto$/, replacement: source('../crypto/src/index.node.ts') }] },
    test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], ...timeouts },
  },
];

const browser = browserOptions('@mcps/trust-client');
if (browser !== undefined) {
  projects.push({
    resolve: { alias: [protocol, { find: /^@mcps\/crypto$/, replacement: source('../crypto/src/index.web.ts') }] },
    // What needs no server: those run on Node.
    test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...timeouts, browser },
  });
}

export default defineConfig({ test: { projects } });
