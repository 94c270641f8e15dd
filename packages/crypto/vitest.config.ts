import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';

const chromium = process.env['MCPS_CHROMIUM'] ?? '/usr/bin/chromium';
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

if (existsSync(chromium)) {
  projects.push({
    resolve: entry('./src/index.web.ts'),
    // Found while the tests run, it would make the page reload.
    optimizeDeps: { include: ['fast-check'] },
    test: {
      name: 'browser',
      include: ['test/**/*.test.ts'],
      exclude: ['test/node/**'],
      ...timeouts,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        api: { host: '127.0.0.1' },
        connectTimeout: 120_000,
        provider: playwright({
          launchOptions: {
            executablePath: chromium,
            timeout: 120_000,
            args: [
              '--no-sandbox',
              '--disable-gpu',
              '--disable-quic',
              '--no-first-run',
              '--disable-background-networking',
              '--disable-component-update',
              '--disable-sync',
            ],
          },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  });
} else {
  console.warn(`@mcps/crypto: no Chromium at ${chromium} (set MCPS_CHROMIUM): the browser tests are NOT run`);
}

export default defineConfig({ test: { projects } });
