import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/report/table.js';

describe('formatTable', () => {
  it('lays cells out in columns, and leaves no space at the ends of lines', () => {
    const rows = [
      ['compared', 'ratio', 'verdict'],
      ['a ÷ b', '1.05', ''],
      ['longer ÷ b', '12.50', 'pass'],
    ];
    expect(formatTable(rows, ['left', 'right', 'left'])).toBe(
      ['  compared    ratio  verdict', '  a ÷ b        1.05', '  longer ÷ b  12.50  pass'].join('\n'),
    );
  });

  it('is empty without rows', () => {
    expect(formatTable([], ['left'])).toBe('');
  });
});
