import { beforeAll, describe, expect, it } from 'vitest';
import { startBehindCommands } from '../src/commands/path.js';
import type { RunningServer } from '../src/http/serve.js';
import { startAlone, startBehindHop } from '../src/paths.js';
import { differences } from '../src/secured/differences.js';
import { startDecorated, startSecured } from '../src/secured/paths.js';
import { decoratedFixture1x, fixture1x } from '../src/servers/v1/handler.js';
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

describe.each(runs)('server of SDK $line, revision $revision', ({ line, make, revision, scenarios, checks }) => {
  const isStateless = revision === '2026-07-28';
  let alone: SuiteResults;
  beforeAll(async () => {
    alone = await resultsOf(startAlone(make()), revision);
  });

  /** Equal but for what is known to differ, which must differ indeed. */
  function expectSame(through: SuiteResults, hop: 'wrappers' | 'decorator'): void {
    const known = differences.filter((one) => one.hop === hop && one.line === line && one.revision === revision);
    const [got, expected] = [comparable(through), comparable(alone)];
    for (const { scenario } of known) {
      expect(got[scenario], `${scenario} differs no more`).not.toEqual(expected[scenario]);
      expected[scenario] = got[scenario] ?? [];
    }
    expect(got).toEqual(expected);
  }

  it('passes the official suite alone', () => {
    expect(faultsOf(alone)).toEqual([]);
    expect(countResults(alone)).toEqual({ scenarios, scenariosPassed: scenarios, checks, checksPassed: checks });
  });

  it('gives the same results through a hop that secureFetch and secureHandler secure', async () => {
    const secured = startSecured(make(), { options: { stateless: isStateless } });
    expectSame(await resultsOf(secured, revision), 'wrappers');
  });

  if (!isStateless) {
    it('gives the same results through `mcps connect` and `mcps proxy`', async () => {
      expect(comparable(await resultsOf(startBehindCommands(make()), revision))).toEqual(comparable(alone));
    });
  }

  if (isStateless) {
    // The proxy itself changes nothing.
    it('gives the same results through a plain hop', async () => {
      expect(comparable(await resultsOf(startBehindHop(make()), revision))).toEqual(comparable(alone));
    });
  }

  if (line === '1.x') {
    it('gives the same results where the server is secured by the decorator', async () => {
      expectSame(await resultsOf(startDecorated(decoratedFixture1x), revision), 'decorator');
    });
  }
});

describe('what differs', () => {
  it('is of runs that are made', () => {
    for (const { line, revision, reason } of differences) {
      expect(runs.some((run) => run.line === line && run.revision === revision)).toBe(true);
      expect(reason).not.toBe('');
    }
  });
});
