import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/format-report.js';
import type { Report } from '../../src/report/report.js';

const MACHINE = {
  node: '20.20.0',
  v8: '11.3',
  openssl: '3.0.19',
  platform: 'linux',
  arch: 'x64',
  processor: 'P',
  parallelism: 2,
};

const REPORT: Report = {
  version: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  quick: false,
  machine: MACHINE,
  budgets: [
    {
      name: 'sign-verify',
      title: 'Sign and verify',
      pressurePercent: 3.4,
      rows: [
        {
          what: '250 B',
          subject: 'MCPS',
          reference: 'node:crypto',
          ratio: { median: 1.154, low: 1.1, high: 1.16, cpu: 1.15 },
          bound: { kind: 'at most', limit: 1.2, moonshot: 1.1 },
          verdict: 'pass',
        },
        {
          what: 'stall',
          subject: 'Map',
          reference: 'MCPS',
          ratio: { median: 120.4, low: 0.0512, high: 130 },
          bound: { kind: 'at least', limit: 2 },
          verdict: 'inconclusive',
          doubt: 'near the limit',
        },
        { what: 'x', subject: 'a', reference: 'b', ratio: { median: 2, low: 2, high: 2 }, verdict: 'none' },
      ],
      absolutes: [
        { what: '250 B', name: 'MCPS', median: 95_123, unit: 'ns' },
        { what: 'one', name: 'Map', median: 82.4, unit: 'ns' },
        { what: 'trip', name: 'HTTP', median: 1_320_000, unit: 'ns' },
        { what: 'a nonce', name: 'Map', median: 85.6, unit: 'bytes' },
      ],
      notes: ['One thing.', 'Another.'],
    },
  ],
};

describe('formatReport', () => {
  it('shows ratios with limits and verdicts, and the times behind them', () => {
    expect(formatReport(REPORT)).toBe(`Node 20.20.0, OpenSSL 3.0.19, linux x64, 2 × P

sign-verify: Sign and verify (pressure 3 %)

  compared                   ratio       95 %   CPU  budget                  verdict
  250 B: MCPS ÷ node:crypto   1.15  1.10–1.16  1.15  ≤ 1.20 (moonshot 1.10)  pass
  stall: Map ÷ MCPS            120  0.051–130        ≥ 2.00                  inconclusive: near the limit
  x: a ÷ b                    2.00  2.00–2.00

  250 B: MCPS   95.1 µs
  one: Map      82.4 ns
  trip: HTTP    1.32 ms
  a nonce: Map     86 B

  One thing.
  Another.

1 pass, 0 fail, 1 inconclusive
`);
  });

  it('says that a quick run judges nothing, and that the pressure is unknown where it is', () => {
    const budgets = REPORT.budgets.map(({ name, title }) => ({ name, title, rows: [], absolutes: [] }));
    const text = formatReport({ ...REPORT, quick: true, budgets });
    expect(text).toContain('(pressure unknown)');
    expect(text).toMatch(/A quick run judges nothing\.\n$/);
  });
});
