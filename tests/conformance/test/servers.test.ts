import { beforeAll, describe, expect, it } from 'vitest';
import { startAlone, startBehindHop } from '../src/paths.js';
import type { RunningServer } from '../src/http/serve.js';
import { fixture1x } from '../src/servers/v1/handler.js';
import { fixture2x } from '../src/servers/v2/handler.js';
import { comparable, countResults, faultsOf } from '../src/suite/results.js';
import type { SuiteResults } from '../src/suite/results.js';
import { runSuite } from '../src/suite/run-suite.js';
import type { Revision } from '../src/suite/run-suite.js';

/** How much the suite finds to check in each: a run that checked less would agree with anything. */
const runs = [
  { line: '1.x', make: fixture1x, revision: '2025-06-18', scenarios: 27, checks: 56 },
  { line: '1.x', make: fixture1x, revision: '2025-11-25', scenarios: 33, checks: 84 },
  { line: '2.x', make: fixture2x, revision: '2025-06-18', scenarios: 27, checks: 56 },
  { line: '2.x', make: fixture2x, revision: '2025-11-25', scenarios: 33, checks: 84 },
  { line: '2.x', make: fixture2x, revision: '2026-07-28', scenarios: 40, checks: 152 },
] as const;

async function resultsOf(start: Promise<RunningServer>, revision: Revision): Promise<SuiteResults> {
  const server = await start;
  try {
    return await runSuite({ url: server.url, revision });
  } finally {
    await server.close();
  }
}

describe.each(runs)('server of SDK $line, revision $revision', ({ make, revision, scenarios, checks }) => {
  let alone: SuiteResults;
  beforeAll(async () => {
    alone = await resultsOf(startAlone(make()), revision);
  });

  it('passes the official suite alone', () => {
    expect(faultsOf(alone)).toEqual([]);
    expect(countResults(alone)).toEqual({ scenarios, scenariosPassed: scenarios, checks, checksPassed: checks });
  });

  it('gives the same results through a plain hop', async () => {
    const through = await resultsOf(startBehindHop(make()), revision);
    expect(comparable(through)).toEqual(comparable(alone));
  });
});
