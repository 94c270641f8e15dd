import { describe, expect, it } from 'vitest';
import type { Outcome } from '../src/authority/agent.js';
import { cutOffInMidSession } from '../src/authority/cut-off.js';
import type { CutOff } from '../src/authority/cut-off.js';
import { faultsOf } from '../src/authority/faults.js';
import type { Demonstration } from '../src/demonstration.js';
import { runDemo } from './support/run-demo.js';

const revoked = { code: 'MCPS-003', reason: 'passport_revoked' };
const level = { code: 'MCPS-009', reason: 'level_insufficient' };

describe('a revocation that is not honoured', () => {
  it('makes the demonstration fail, and it still ends what it has started', async () => {
    const { code, stdout, stderr, leftBehind } = await runDemo(['--json'], { preload: 'unheard-revocations.mjs' });
    const { passed, authority } = JSON.parse(stdout) as Demonstration;
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(passed).toBe(false);
    expect(authority.cutOff.refused).toBeUndefined();
    expect(authority.cutOff.answeredMeanwhile).toBeGreaterThan(0);
    expect(authority.faults).toEqual([
      'The revoked agent was not cut off within 2000 ms',
      'The server did not end the running session',
      'The server did not refuse every call after the cut-off',
      'The revoked agent connected anew: let in',
    ]);
    expect(leftBehind).toEqual([]);
    await expect(fetch(authority.url)).rejects.toThrow('fetch failed');
  });
});

describe.skipIf(process.platform === 'win32')('a demonstration that is ended in the middle', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('leaves no authority and no folder behind: %s', async (signal) => {
    let address: string | undefined;
    const { code, leftBehind } = await runDemo([], {
      preload: 'tell-requests.mjs',
      onStderr: (stderr, child) => {
        address ??= /^(http:\/\/127\.0\.0\.1:\d+)\/api\/enroll$/m.exec(stderr)?.[1];
        if (address !== undefined) child.kill(signal);
      },
    });
    expect(code).toBe(signal === 'SIGTERM' ? 143 : 130);
    expect(leftBehind).toEqual([]);
    await expect(fetch(address ?? '')).rejects.toThrow('fetch failed');
  });
});

/** Answers and refuses as the script says, and the last of it for ever. */
function caller(script: readonly ('answer' | 'refuse' | 'refuse, and carry out')[]) {
  let calls = 0;
  const carriedOut: number[] = [];
  return {
    get calls() {
      return calls;
    },
    call: async (): Promise<Outcome> => {
      const step = script[Math.min(calls, script.length - 1)];
      calls += 1;
      if (step !== 'refuse') carriedOut.push(calls);
      return step === 'answer' ? { answer: 'sent' } : { refused: revoked };
    },
    carriedOutAfter: (count: number) => carriedOut.filter((call) => call > count).length,
  };
}

/** The first calls come before the revocation. */
const before = Array<'answer'>(10).fill('answer');

describe('what is counted when an agent is cut off', () => {
  const watch = (agent: ReturnType<typeof caller>): Promise<CutOff> =>
    cutOffInMidSession({
      agent,
      other: caller(['answer']),
      revoke: async () => undefined,
      heardAtMs: () => performance.now(),
      refusedByServer: () => 11,
    });

  it('is nothing once it has been refused', async () => {
    const cutOff = await watch(caller([...before, 'answer', 'refuse']));
    expect(cutOff).toMatchObject({ answeredBefore: 10, answeredMeanwhile: 1, callsAfter: 10, gotThrough: 0 });
    expect(faultsOf({ turnedAway: [], cutOff, reconnect: revoked })).toEqual([]);
  });

  it('is a call that is answered after that', async () => {
    const cutOff = await watch(caller([...before, 'refuse', 'refuse', 'answer', 'refuse']));
    expect(cutOff.gotThrough).toBe(1);
    expect(faultsOf({ turnedAway: [], cutOff, reconnect: revoked })).toEqual([
      '1 calls of the revoked agent got through after it was cut off',
    ]);
  });

  it('is a call that is refused and carried out all the same', async () => {
    const cutOff = await watch(caller([...before, 'refuse', 'refuse', 'refuse, and carry out', 'refuse']));
    expect(cutOff.gotThrough).toBe(1);
  });
});

describe('what counts as a fault', () => {
  const cutOff: CutOff = {
    answeredBefore: 10,
    confirmedAfterMs: 5,
    heardAfterMs: 6,
    refusedAfterMs: 8,
    refused: revoked,
    answeredMeanwhile: 1,
    callsAfter: 10,
    gotThrough: 0,
    refusedByServer: 11,
    other: { calls: 7, answered: 7 },
  };
  const visitor = { title: 'has no level', agent: { name: 'visitor', passportId: 'asp_0', level: 1 } };
  const good = { turnedAway: [{ ...visitor, refused: level }], cutOff, reconnect: revoked };

  it('is nothing where all is well', () => {
    expect(faultsOf(good)).toEqual([]);
  });

  it.each<[string, Parameters<typeof faultsOf>[0]]>([
    ['a cut-off that takes more than two seconds', { ...good, cutOff: { ...cutOff, refusedAfterMs: 2001 } }],
    ['a refusal for another reason', { ...good, cutOff: { ...cutOff, refused: level } }],
    ['calls that nobody answered before', { ...good, cutOff: { ...cutOff, answeredBefore: 0 } }],
    ['a server that leaves the refusing to the client', { ...good, cutOff: { ...cutOff, refusedByServer: 10 } }],
    ['another agent that is refused, too', { ...good, cutOff: { ...cutOff, other: { calls: 7, answered: 6 } } }],
    ['a new connection refused for another reason', { ...good, reconnect: level }],
    ['a visitor who is let in', { ...good, turnedAway: [visitor] }],
    ['a visitor refused for another reason', { ...good, turnedAway: [{ ...visitor, refused: revoked }] }],
  ])('is %s', (_, shown) => {
    expect(faultsOf(shown)).toHaveLength(1);
  });
});
