import { describe, expect, it } from 'vitest';
import { readSarif } from '../../src/evidence/sarif.js';

const report = (results: unknown, rules: unknown[] = [], more: object = {}) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'scanner', rules } }, results, ...more }],
});
const rule = (severity: unknown, level?: string) => ({
  id: 'rule',
  ...(severity === undefined ? {} : { properties: { 'security-severity': severity } }),
  ...(level === undefined ? {} : { defaultConfiguration: { level } }),
});

describe('a SARIF report', () => {
  it.each<[string, object, number]>([
    ['nothing found', report([]), 0],
    ['a warning', report([{ ruleId: 'x' }]), 0],
    ['a note', report([{ level: 'note' }]), 0],
    ['an error', report([{ level: 'error' }]), 1],
    ['an error by its rule', report([{ ruleId: 'rule' }], [rule(undefined, 'error')]), 1],
    ['an error of a rule that is not severe', report([{ ruleId: 'rule', level: 'error' }], [rule('5.0')]), 0],
    ['a note of a rule that is severe', report([{ ruleId: 'rule', level: 'note' }], [rule('9.0')]), 1],
    ['a severe rule by its index', report([{ ruleIndex: 0 }], [rule('9.8')]), 1],
    ['just below', report([{ ruleId: 'rule' }], [rule('8.9')]), 0],
    ['a severity as a number', report([{ ruleId: 'rule' }], [rule(10)]), 1],
    ['a severity that nobody can read', report([{ ruleId: 'rule' }], [rule('high')]), 1],
    ['a severity of its own', report([{ properties: { 'security-severity': '9.1' }, level: 'note' }]), 1],
    ['a suppressed error', report([{ level: 'error', suppressions: [{ kind: 'inSource' }] }]), 1],
    ['what passed', report([{ kind: 'pass', level: 'error' }]), 0],
    ['what is gone', report([{ baselineState: 'absent', level: 'error' }]), 0],
    ['a scanner that succeeded', report([], [], { invocations: [{ executionSuccessful: true }] }), 0],
  ])('with %s has that many critical findings', (_, value, critical) => {
    expect(readSarif(value).critical).toBe(critical);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['another version', { ...report([]), version: '2.0.0' }],
    ['no run', { version: '2.1.0', runs: [] }],
    ['too many runs', { version: '2.1.0', runs: Array(101).fill(report([]).runs[0]) }],
    ['no results', report(undefined)],
    ['results that are none', report([1])],
    ['no tool', { version: '2.1.0', runs: [{ results: [] }] }],
    ['a scanner that failed', report([], [], { invocations: [{ executionSuccessful: false }] })],
    ['a scanner that does not say', report([], [], { invocations: [{}] })],
    ['one good run and one that failed', { version: '2.1.0', runs: [...report([]).runs, { tool: {}, results: [] }] }],
  ])('is not taken: %s', (_, value) => {
    expect(() => readSarif(value)).toThrow(expect.objectContaining({ code: 'evidence_invalid' }));
  });
});
