import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { McpsError } from '../../src/errors/index.js';
import { compareVersions, negotiateVersion } from '../../src/negotiation/index.js';
import { SUPPORTED_VERSIONS } from '../../src/revision/index.js';

describe('negotiateVersion', () => {
  it('speaks 1.0', () => {
    expect(SUPPORTED_VERSIONS).toEqual(['1.0']);
    expect(negotiateVersion(['1.0'])).toBe('1.0');
    expect(negotiateVersion(['2.0', '1.0', '0.9'])).toBe('1.0');
  });

  it('chooses the highest common version by number, whatever the order of either list', () => {
    expect(negotiateVersion(['1.9', '1.10', '1.0'], ['1.0', '1.10', '1.9'])).toBe('1.10');
    expect(negotiateVersion(['10.0', '9.0'], ['9.0', '10.0'])).toBe('10.0');
    expect(negotiateVersion(['1.0', '1.0.1'], ['1.0', '1.0.1'])).toBe('1.0.1');
    expect(negotiateVersion(['1.0', '3.0'], ['1.0', '2.0'])).toBe('1.0');
  });

  it('agrees on both sides', () => {
    const list = fc.uniqueArray(
      fc.tuple(fc.nat(3), fc.nat(12)).map(([major, minor]) => `${String(major)}.${String(minor)}`),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(list, list, (ours, theirs) => {
        const choose = (offered: string[], supported: string[]) => {
          try {
            return negotiateVersion(offered, supported);
          } catch (error) {
            return (error as McpsError).reason;
          }
        };
        expect(choose(theirs, ours)).toBe(choose(ours, theirs));
      }),
    );
  });

  it('says which versions it speaks where there is none in common', () => {
    const refusals = [[], ['2.0'], ['1'], ['1.00'], ['01.0'], ['v1.0'], [' 1.0'], ['1.0 '], ['1.0.0'], ['constructor']];
    for (const offered of refusals) {
      const refusal = caught(() => negotiateVersion(offered));
      expect(refusal).toBeInstanceOf(McpsError);
      expect(refusal).toMatchObject({ code: 'MCPS-015', reason: 'no_common_version', details: { versions: ['1.0'] } });
    }
  });

  it('passes over entries that are no version, and everything beyond the 32nd', () => {
    expect(negotiateVersion(['draft', '', '1.0'])).toBe('1.0');
    expect(negotiateVersion([...(Array(31).fill('9.9') as string[]), '1.0'])).toBe('1.0');
    expect(caught(() => negotiateVersion([...(Array(32).fill('9.9') as string[]), '1.0']))).toBeInstanceOf(McpsError);
  });
});

describe('compareVersions', () => {
  it('compares number by number', () => {
    expect(['1.10', '1.9', '1.0.1', '1.0', '0.9', '10.0'].sort(compareVersions)).toEqual([
      '0.9',
      '1.0',
      '1.0.1',
      '1.9',
      '1.10',
      '10.0',
    ]);
    expect(compareVersions('1.0', '1.0.0')).toBe(0);
  });

  it.each(['', '1', '1.', '.1', '1.0.0.0', '1.x', '-1.0', '1e3.0', '1.9999999999'])('refuses %j', (text) => {
    expect(() => compareVersions(text, '1.0')).toThrow(TypeError);
    expect(() => compareVersions('1.0', text)).toThrow(TypeError);
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
