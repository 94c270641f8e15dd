import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES, REASONS } from '../../src/index.js';

const specification = readFileSync(new URL('../../../../docs/spec/mcps-1.0.md', import.meta.url), 'utf8');

it("the specification's table of reasons is the one in force", () => {
  const rows = [...specification.matchAll(/^\| ([\w-]+) +\| (MCPS-\d{3}) +\| `(\w+)` +\|$/gm)];
  const table = Object.fromEntries(rows.map(([, stage, code, reason]) => [reason, { stage, code }]));
  expect(table).toEqual(REASONS);
});

it("the specification's table of codes is the one in force", () => {
  const rows = [...specification.matchAll(/^\| (MCPS-\d{3}) +\| (-\d{5}) +\| (.+?) +\|$/gm)];
  const table = Object.fromEntries(
    rows.map(([, code, number, title]) => [code, { jsonRpcCode: Number(number), title }]),
  );
  expect(table).toEqual(ERROR_CODES);
});
