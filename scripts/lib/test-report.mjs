/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped skipped, to do, or never reached
 */

/**
 * @typedef {object} Summary
 * @property {Counts} total
 * @property {Record<string, Counts>} projects by vitest project
 * @property {string[]} problems failures that no test stands for, each counted as one failure in `total`
 */

/** @returns {Counts} */
export function zero() {
  return { passed: 0, failed: 0, skipped: 0 };
}

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>[]}
 */
function objects(value) {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * Sums one workspace's JSON report. Only the word "passed" counts as passed, and whatever speaks against a green run
 * without failing a test (a file that could not be loaded, an error outside every test, an exit code, no report) counts
 * as a failure of its own.
 *
 * @param {unknown} report the parsed report; undefined when none was written
 * @param {number} exitCode of the test script
 * @returns {Summary}
 */
export function summarize(report, exitCode) {
  /** @type {Record<string, Counts>} */
  const projects = Object.create(null);
  /** @type {string[]} */
  const problems = [];
  let total = zero();

  if (!isObject(report) || !Array.isArray(report['testResults'])) {
    problems.push(`wrote no test report (exit code ${exitCode})`);
    return { total: { ...total, failed: 1 }, projects, problems };
  }

  for (const file of objects(report['testResults'])) {
    const counts = zero();
    for (const test of objects(file['assertionResults'])) {
      if (test['status'] === 'passed') counts.passed += 1;
      else if (test['status'] === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
    if (file['status'] !== 'passed' && counts.failed === 0) {
      counts.failed += 1;
      problems.push(`${String(file['name'])} failed outside its tests: ${String(file['message'] ?? '')}`.trim());
    }
    const project = String(file['project'] ?? '');
    projects[project] = add(projects[project] ?? zero(), counts);
    total = add(total, counts);
  }

  const unhandled = Number(report['unhandledErrors'] ?? 0);
  if (unhandled > 0) problems.push(`${unhandled} unhandled error(s) outside every test`);
  else if (exitCode !== 0 && total.failed === 0) problems.push(`the test script ended with exit code ${exitCode}`);
  else if (total.passed + total.failed + total.skipped === 0) problems.push('ran no test');
  else return { total, projects, problems };
  return { total: { ...total, failed: total.failed + 1 }, projects, problems };
}

/**
 * The last line of the test command.
 *
 * @param {Counts} counts
 * @returns {string}
 */
export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Whether the whole run is green.
 *
 * @param {Counts} counts
 * @param {{ requireAll?: boolean }} [options] `requireAll`: a skipped test is a failure
 * @returns {boolean}
 */
export function isGreen({ passed, failed, skipped }, { requireAll = false } = {}) {
  return failed === 0 && passed > 0 && (!requireAll || skipped === 0);
}
