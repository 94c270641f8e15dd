import { expect, it } from 'vitest';
import { lintGroups } from '../lib/lint-groups.mjs';

it('leave nothing out, and take nothing twice', () => {
  expect(lintGroups(['packages/a', 'vectors'])).toEqual([
    ['packages/a'],
    ['vectors'],
    ['.', '--ignore-pattern', 'packages/a/', '--ignore-pattern', 'vectors/'],
  ]);
});
