import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REASONS } from '../../src/index.js';

it("the specification's table of reasons is the one in force", () => {
  const specification = readFileSync(new URL('../../../../docs/spec/mcps-1.0.md', import.meta.url), 'utf8');
  const rows = [...specification.matchAll(/^\| ([\w-]+) +\| (MCPS-\d{3}) +\| `(\w+)` +\|$/gm)];
  const table = Object.fromEntries(rows.map(([, stage, code, reason]) => [reason, { stage, code }]));
  expect(table).toEqual(REASONS);
});
