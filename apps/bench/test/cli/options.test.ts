import { describe, expect, it } from 'vitest';
import { UsageError, readOptions } from '../../src/cli/options.js';

const NAMES = ['sign-verify', 'canonical-json'];

describe('readOptions', () => {
  it('measures everything thoroughly when nothing is asked for', () => {
    expect(readOptions([], NAMES)).toEqual({ json: undefined, only: [], quick: false, strict: false, help: false });
  });

  it('reads every option', () => {
    const args = ['--json', 'out.json', '--only', 'sign-verify', '--only=canonical-json', '--strict', '--help'];
    expect(readOptions(args, NAMES)).toEqual({ json: 'out.json', only: NAMES, quick: false, strict: true, help: true });
    expect(readOptions(['--quick'], NAMES)).toMatchObject({ quick: true });
  });

  it.each([
    [['--only', 'speed'], 'There is no budget "speed"; there are sign-verify, canonical-json'],
    [['--only'], '--only'],
    [['--json', ''], '--json needs'],
    [['--json'], '--json'],
    [['--fast'], '--fast'],
    [['sign-verify'], 'sign-verify'],
    [['--quick=yes'], '--quick'],
    [['--quick', '--strict'], '--quick judges nothing'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, NAMES)).toThrow(UsageError);
    expect(() => readOptions(args, NAMES)).toThrow(message);
  });
});
