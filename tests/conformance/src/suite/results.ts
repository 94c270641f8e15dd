/** The outcome of one check, as the suite reports it. INFO says something that is neither good nor bad; SKIPPED that there was nothing to check. */
export type CheckStatus = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';

export interface Check {
  /** Several checks of a scenario may share an id. */
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** Why it is not a success; '' where the suite says nothing. */
  readonly message: string;
}

/** What became of a run: the checks of each scenario, in the suite's order. */
export type SuiteResults = Readonly<Record<string, readonly Check[]>>;

export interface Counts {
  readonly scenarios: number;
  /** Scenarios without a failure or a warning. */
  readonly scenariosPassed: number;
  /** Checks that ended in SUCCESS, FAILURE or WARNING. */
  readonly checks: number;
  readonly checksPassed: number;
}

function isFault({ status }: Check): boolean {
  return status === 'FAILURE' || status === 'WARNING';
}

export function countResults(results: SuiteResults): Counts {
  const scenarios = Object.values(results);
  const checks = scenarios.flat();
  const passed = checks.filter(({ status }) => status === 'SUCCESS').length;
  return {
    scenarios: scenarios.length,
    scenariosPassed: scenarios.filter((list) => list.length > 0 && !list.some(isFault)).length,
    checks: passed + checks.filter(isFault).length,
    checksPassed: passed,
  };
}

/** @returns `scenario: check` of each fault, and of each scenario that checked nothing */
export function faultsOf(results: SuiteResults): string[] {
  return Object.entries(results).flatMap(([scenario, checks]) =>
    checks.length === 0
      ? [`${scenario}: nothing was checked`]
      : checks.filter(isFault).map(({ id, name, message }) => `${scenario}: ${id} (${name}): ${message}`),
  );
}

/**
 * What two runs can be compared by: of each scenario all checks, each with its outcome and its reason. The suite's own log of the traffic is left out (it is no check,
 * and who wrote first on two connections is chance), and so are numbers, which are ports, times and ids that differ from run to run.
 */
export function comparable(results: SuiteResults): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(results).map(([scenario, checks]) => [
      scenario,
      checks
        .filter(({ id }) => !/^(?:incoming|outgoing)-/.test(id))
        .map(({ id, name, status, message }) => `${status} ${id} ${name} ${withoutChance(message)}`.trimEnd()),
    ]),
  );
}

function withoutChance(message: string): string {
  return message
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\b(127\.0\.0\.1|localhost):\d+/g, '$1:<port>')
    .replace(/\b\d+(?:\.\d+)? ?ms\b/g, '<time>');
}
