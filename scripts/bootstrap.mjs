// Makes a checkout ready to work in: the right Node, then the dependencies. Every root command starts with this.
// Only syntax that Node 14 can read belongs in this file and its import: they are what tells it that it is too old.
import { readFileSync } from 'node:fs';
import { satisfies } from './lib/node-version.mjs';

const range = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;
if (!satisfies(range, process.version)) {
  console.error('This repository needs Node.js ' + range + '; this is ' + process.version + ' at ' + process.execPath);
  process.exit(1);
}

const { ensureInstalled } = await import('./lib/install.mjs');
try {
  await ensureInstalled();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
