import { AuthorityError } from '../error.js';

/** From here on a finding is critical, by the convention of `security-severity` (CVSS, 0 to 10). */
const CRITICAL = 9;
const MAX_RUNS = 100;

type Members = Readonly<Record<string, unknown>>;

/** What a scan has come to. */
export interface ScanSummary {
  readonly critical: number;
  readonly findings: number;
}

/**
 * Reads a SARIF 2.1.0 report (OASIS). A finding is critical where its rule, or the finding itself, has a `security-severity` of 9 or more; without one, where its
 * level is `error`. Suppressed findings count: whoever is scanned must not decide what is found.
 *
 * Throws `AuthorityError` `evidence_invalid` for another format, a report without a run, or a run that did not succeed.
 */
export function readSarif(report: unknown): ScanSummary {
  const { version, runs } = objectOf(report, 'the report');
  if (version !== '2.1.0' || !Array.isArray(runs) || runs.length === 0 || runs.length > MAX_RUNS) {
    throw invalid('it is no SARIF 2.1.0 with at least one run');
  }
  let critical = 0;
  let findings = 0;
  for (const run of runs.map((entry) => objectOf(entry, 'a run'))) {
    const driver = objectOf(objectOf(run['tool'], 'a tool')['driver'], 'a driver');
    for (const invocation of listOf(run['invocations'])) {
      if (objectOf(invocation, 'an invocation')['executionSuccessful'] !== true) {
        throw invalid('the scanner says that it did not succeed');
      }
    }
    const rules = listOf(driver['rules']).map((rule) => objectOf(rule, 'a rule'));
    if (!Array.isArray(run['results'])) throw invalid('a run has no results, not even none');
    for (const result of run['results'].map((entry) => objectOf(entry, 'a result'))) {
      const kind = result['kind'] ?? 'fail';
      if (kind !== 'fail' || result['baselineState'] === 'absent') continue;
      findings += 1;
      if (isCritical(result, rules)) critical += 1;
    }
  }
  return { critical, findings };
}

function isCritical(result: Members, rules: readonly Members[]): boolean {
  const rule = ruleOf(result, rules);
  const severity = severityOf(result) ?? (rule === undefined ? undefined : severityOf(rule));
  if (severity !== undefined) return severity >= CRITICAL;
  const fallback = rule?.['defaultConfiguration'];
  const level = result['level'] ?? (isMembers(fallback) ? fallback['level'] : undefined) ?? 'warning';
  return level === 'error';
}

function ruleOf(result: Members, rules: readonly Members[]): Members | undefined {
  const { ruleIndex, ruleId } = result;
  if (typeof ruleIndex === 'number' && Number.isInteger(ruleIndex)) {
    const rule = rules[ruleIndex];
    if (rule !== undefined) return rule;
  }
  return rules.find(({ id }) => typeof ruleId === 'string' && id === ruleId);
}

function severityOf({ properties }: Members): number | undefined {
  const text = isMembers(properties) ? properties['security-severity'] : undefined;
  if (text === undefined) return undefined;
  const severity = Number(text);
  // What cannot be read is not taken for harmless.
  return Number.isFinite(severity) ? severity : Number.POSITIVE_INFINITY;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown, what: string): Members {
  if (!isMembers(value)) throw invalid(`${what} is missing, or no object`);
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid('something is no list that should be one');
  return value;
}

function invalid(why: string): AuthorityError {
  return new AuthorityError('evidence_invalid', `The report cannot be used: ${why}.`);
}
