import { describe, expect, it } from 'vitest';
import { satisfies } from '../lib/node-version.mjs';

const range = '^20.19.0 || ^22.13.0 || >=24';

describe('satisfies', () => {
  it.each(['v20.19.0', 'v20.20.2', '22.13.1', 'v24.0.0', 'v25.1.0'])('takes %s', (version) => {
    expect(satisfies(range, version)).toBe(true);
  });

  it.each(['v18.20.0', 'v20.18.9', 'v21.7.0', 'v22.12.9', 'v23.9.0'])('refuses %s', (version) => {
    expect(satisfies(range, version)).toBe(false);
  });

  it('throws for a range it cannot read, rather than deciding', () => {
    expect(() => satisfies('~20.1', 'v20.1.0')).toThrow('cannot read');
  });
});
