#!/usr/bin/env node
// Makes the files beside this folder: `node vectors/interop/make/make.mjs`, after `pnpm build`. Needs python3 and a package registry. Both Python
// packages sign, this library signs, and each judges what the others made. No test runs this; the tests read the files.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEarlier } from './earlier.mjs';
import { makePublished } from './published.mjs';
import { makeOurKeys } from './published-ours.mjs';
import { installPackage } from './python-packages.mjs';
import { writeVectors } from './write-vectors.mjs';

const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));
// Python reads the text itself: `1.0` and integers beyond 2^53 would not survive a detour through here.
const casesText = readFileSync(new URL('cases.json', import.meta.url), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'interop-'));
try {
  const published = installPackage(folder, 'mcps-secure', '1.0.0', 'published.py');
  const earlier = installPackage(folder, 'mcp-secure', '1.0.0', 'earlier.py');
  const keys = await makeOurKeys();
  writeVectors('mcps-secure-1.0.0', await makePublished(published, cases, casesText, keys), keys);
  writeVectors('mcp-secure-1.0.0', await makeEarlier(earlier, cases, casesText, keys), keys);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
