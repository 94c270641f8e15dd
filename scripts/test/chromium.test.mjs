import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findChromium, hasBrowserSuite } from '../lib/chromium.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

it('takes the browser that MCPS_CHROMIUM names, if it can be run, and no other', () => {
  const root = temporaryRepository({ chromium: '#!/bin/sh\n', text: '' });
  chmodSync(join(root, 'chromium'), 0o755);
  expect(findChromium({ MCPS_CHROMIUM: join(root, 'chromium') })).toBe(join(root, 'chromium'));
  expect(findChromium({ MCPS_CHROMIUM: join(root, 'missing') })).toBeUndefined();
});

it('sees from the configuration whether a package has a browser suite', () => {
  const root = temporaryRepository({
    'a/vitest.config.ts': `import { browserOptions } from '../../scripts/lib/vitest-browser.js';`,
    'b/vitest.config.ts': `export default {};`,
    'c/package.json': '{}',
  });
  expect(['a', 'b', 'c', 'd'].map((path) => hasBrowserSuite(join(root, path)))).toEqual([true, false, false, false]);
});
