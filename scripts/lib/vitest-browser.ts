import { existsSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import type { BrowserConfigOptions } from 'vitest/node';

/** Where Chromium is: never downloaded, as the machine's own is what people have. */
const chromium = process.env['MCPS_CHROMIUM'] ?? '/usr/bin/chromium';

/** How the suites of a package run in Chromium; `undefined`, and said aloud, where there is none. */
export function browserOptions(packageName: string): BrowserConfigOptions | undefined {
  if (!existsSync(chromium)) {
    console.warn(`${packageName}: no Chromium at ${chromium} (set MCPS_CHROMIUM): the browser tests are NOT run`);
    return undefined;
  }
  return {
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
  };
}
