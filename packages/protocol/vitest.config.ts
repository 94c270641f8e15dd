import { existsSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';

const chromium = process.env['MCPS_CHROMIUM'] ?? '/usr/bin/chromium';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

const projects: TestProjectInlineConfiguration[] = [
  { test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], ...timeouts } },
];

if (existsSync(chromium)) {
  projects.push({
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
  console.warn(`@mcps/protocol: no Chromium at ${chromium} (set MCPS_CHROMIUM): the browser tests are NOT run`);
}

export default defineConfig({ test: { projects } });
