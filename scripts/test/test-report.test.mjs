import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capture } from '../lib/process.mjs';
import { readJson, root } from '../lib/root.mjs';
import { add, countLine, isGreen, summarize, zero } from '../lib/test-report.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/**
 * Runs real vitest over these test files, as scripts/test.mjs does, and sums its report.
 *
 * @param {Record<string, string>} files
 */
async function runSuite(files) {
  const config = `export default { test: { globals: true, projects: [
    { test: { name: 'one', globals: true, include: ['*.test.js'] } },
    { test: { name: 'two', globals: true, include: ['*.both.test.js'] } },
  ] } };`;
  const folder = temporaryRepository({ 'vitest.config.mjs': config, 'package.json': '{"type":"module"}', ...files });
  const report = join(folder, 'report.json');
  const reporter = join(root, 'scripts', 'lib', 'vitest-reporter.mjs');
  const args = [vitest, 'run', `--reporter=${reporter}`, `--outputFile.json=${report}`];
  const { code } = await capture(process.execPath, args, { cwd: folder });
  return { code, summary: summarize(existsSync(report) ? readJson(report) : undefined, code) };
}

describe('a run of vitest', () => {
  it('is summed by project, with skipped and planned tests as skipped', async () => {
    const { code, summary } = await runSuite({
      'a.test.js': `it('x', () => {}); it.skip('y', () => {}); it.todo('z');`,
      'b.both.test.js': `it('x', () => {}); it('late', ({ skip }) => skip());`,
    });
    expect(code).toBe(0);
    expect(summary).toEqual({
      total: { passed: 3, failed: 0, skipped: 4 },
      projects: { one: { passed: 2, failed: 0, skipped: 3 }, two: { passed: 1, failed: 0, skipped: 1 } },
      problems: [],
    });
  });

  it('counts a failing test once', async () => {
    const { code, summary } = await runSuite({
      'a.test.js': `it('x', () => {}); it('y', () => { throw new Error('no'); });`,
    });
    expect(code).not.toBe(0);
    expect(summary.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(summary.problems).toEqual([]);
  });

  it('counts a file that cannot be loaded as a failure', async () => {
    const { summary } = await runSuite({
      'a.test.js': `it('x', () => {});`,
      'b.test.js': `throw new Error('broken');`,
    });
    expect(summary.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(summary.problems).toEqual([expect.stringMatching(/b\.test\.js failed outside its tests.*broken/)]);
  });

  it('counts an error outside every test as a failure, though each test passed', async () => {
    const late = `it('x', () => { setTimeout(() => { throw new Error('late'); }, 0); });
      it('y', () => new Promise((resolve) => setTimeout(resolve, 50)));`;
    const { summary } = await runSuite({ 'a.test.js': late });
    expect(summary.total).toEqual({ passed: 2, failed: 1, skipped: 0 });
    expect(summary.problems).toEqual(['1 unhandled error(s) outside every test']);
  });

  it('counts a failing hook as a failure', async () => {
    const { summary } = await runSuite({
      'a.test.js': `afterAll(() => { throw new Error('clean-up'); }); it('x', () => {});`,
    });
    expect(summary.total.failed).toBe(1);
  });

  it('without any test is a failure', async () => {
    const { summary } = await runSuite({ 'a.test.js': '' });
    expect(summary.total.passed).toBe(0);
    expect(summary.total.failed).toBeGreaterThan(0);
  });
});

describe('summarize', () => {
  const passed = { status: 'passed' };
  const file = { name: 'a', status: 'passed', project: 'node', assertionResults: [passed] };

  it.each([undefined, null, [], {}, 'text', { testResults: 'none' }])('takes %j for no report: a failure', (report) => {
    expect(summarize(report, 0)).toMatchObject({ total: { passed: 0, failed: 1, skipped: 0 } });
  });

  it('does not let an exit code go by', () => {
    const summary = summarize({ testResults: [file] }, 7);
    expect(summary.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(summary.problems).toEqual(['the test script ended with exit code 7']);
  });

  it('takes an empty list of files for a failure', () => {
    expect(summarize({ testResults: [] }, 0).total.failed).toBe(1);
  });

  it('takes no unknown status for passed', () => {
    const odd = { ...file, assertionResults: [passed, { status: 'pending' }, { status: 'green' }, {}] };
    expect(summarize({ testResults: [odd] }, 0).total).toEqual({ passed: 1, failed: 0, skipped: 3 });
  });

  it('keeps a project called __proto__ apart from the prototype', () => {
    const { projects } = summarize({ testResults: [{ ...file, project: '__proto__' }] }, 0);
    expect(Object.keys(projects)).toEqual(['__proto__']);
  });
});

describe('the verdict', () => {
  it('needs a passed test and no failed one', () => {
    expect(isGreen({ passed: 1, failed: 0, skipped: 2 })).toBe(true);
    expect(isGreen({ passed: 1, failed: 1, skipped: 0 })).toBe(false);
    expect(isGreen(zero())).toBe(false);
  });

  it('allows no skipped test where all are required', () => {
    expect(isGreen({ passed: 1, failed: 0, skipped: 1 }, { requireAll: true })).toBe(false);
    expect(isGreen({ passed: 1, failed: 0, skipped: 0 }, { requireAll: true })).toBe(true);
  });

  it('is printed as one line', () => {
    const sum = add({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 });
    expect(countLine(sum)).toBe('11 passed, 22 failed, 33 skipped');
  });
});
