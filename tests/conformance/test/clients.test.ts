import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HopKind } from '../src/clients/hop.js';
import { comparable, countResults, faultsOf } from '../src/suite/results.js';
import type { SuiteResults } from '../src/suite/results.js';
import { listScenarios, runClientSuite } from '../src/suite/run-suite.js';
import type { Revision } from '../src/suite/run-suite.js';

/** How much the suite finds to check in each: a run that checked less would agree with anything. */
const runs = [
  { line: '1.x', revision: '2025-06-18', scenarios: 5 },
  { line: '1.x', revision: '2025-11-25', scenarios: 19 },
  { line: '2.x', revision: '2025-06-18', scenarios: 5 },
  { line: '2.x', revision: '2025-11-25', scenarios: 19 },
  { line: '2.x', revision: '2026-07-28', scenarios: 33 },
] as const;

async function run(
  line: string,
  revision: Revision,
  hop: HopKind,
  scenarios: readonly string[],
): Promise<SuiteResults> {
  const program = fileURLToPath(new URL(`../dist/client-${line.replace('.', '')}.js`, import.meta.url));
  const command = [process.execPath, program];
  return runClientSuite({ command, revision, scenarios, env: { MCPS_CONFORMANCE_HOP: hop } });
}

/** Most of OAuth never meets the endpoint; what does, a refusal with its challenge, is in the scenario of stepping up. */
const meetsEndpoint = (scenario: string) => !scenario.startsWith('auth/') || scenario === 'auth/scope-step-up';

describe.each(runs)('client of SDK $line, revision $revision', ({ line, revision, scenarios }) => {
  let alone: SuiteResults;
  beforeAll(async () => {
    alone = await run(line, revision, 'none', await listScenarios('client', revision));
  });

  it('passes the official suite alone', () => {
    expect(faultsOf(alone)).toEqual([]);
    expect(countResults(alone)).toMatchObject({ scenarios, scenariosPassed: scenarios });
  });

  it('gives the same results through a hop that secureFetch and secureHandler secure', async () => {
    const names = Object.keys(alone).filter(meetsEndpoint);
    const through = await run(line, revision, 'secured', names);
    const direct = Object.fromEntries(Object.entries(alone).filter(([name]) => meetsEndpoint(name)));
    expect(comparable(through)).toEqual(comparable(direct));
  });
});
