import type { TrustAnchorOptions } from '@mcps/protocol';
import { AuthorityProcess } from '../authority/authority-process.js';
import { cutOff, isRefused, openSession, startTrustingServer } from '../authority/trusting-servers.js';
import type { Absolute, Budget, Measured, Measurement } from '../harness/budget.js';
import type { ServerProcess } from '../harness/child.js';
import { estimateQuantile } from '../harness/statistics.js';

const REPLICAS = 3;
/** Rounds that do not count: the servers begin to listen to the authority at their first session. */
const WARM_UP_ROUNDS = 3;
/** Most that may pass until a session is cut off that was revoked. */
const GOAL_MS = 100;
/** What stands for the default of 60 s where revocations are not pushed. */
const ASK_EVERY_MS = 1000;
const NS_PER_MS = 1e6;

/** Budget 6: how long somebody who is revoked still gets through. Its goals are absolute. */
export const revocation: Budget = {
  name: 'revocation',
  title: 'From the revocation to the end of the session',
  measure: async ({ quick }) => {
    const authority = await AuthorityProcess.start();
    const servers: ServerProcess[] = [];
    const start = async (rest: { readonly askEveryMs?: number } = {}): Promise<ServerProcess> => {
      const server = await startTrustingServer(authority, anchor, rest);
      servers.push(server);
      return server;
    };
    const anchor = await authority.anchor();
    try {
      const replicas: ServerProcess[] = [];
      while (replicas.length < REPLICAS) replicas.push(await start());
      const [one = [], all = []] = await timeCuts(authority, anchor, [replicas.slice(0, 1), replicas], quick ? 5 : 100);
      const asking = await start({ askEveryMs: ASK_EVERY_MS });
      const parts = [
        pushed('pushed, one server', one),
        pushed(`pushed, the last of ${REPLICAS} servers`, all),
        asked(await timeRefusals(authority, anchor, asking, quick ? 2 : 15)),
      ];
      return {
        measurements: parts.flatMap(({ measurements }) => measurements),
        absolutes: parts.flatMap(({ absolutes }) => absolutes),
        notes: [
          `${one.length} passports revoked for each of the first two; every server is a process of its own, with an idle session of the official client.`,
          `Not pushed: a server without the feed asks again when an answer is \`maxAgeMs\` old. That is 60 s by default, which bounds it by configuration;`,
          `it was measured with ${ASK_EVERY_MS / 1000} s in its place.`,
        ],
      };
    } finally {
      for (const server of servers) await server.stop();
      await authority.stop();
    }
  },
};

/**
 * Revokes one passport after the other, in turn for each of several groups of servers. Returns, for each group, the milliseconds from before the request was sent
 * until the last server of the group had cut its session off.
 */
async function timeCuts(
  authority: AuthorityProcess,
  anchor: TrustAnchorOptions,
  groups: readonly (readonly ServerProcess[])[],
  rounds: number,
): Promise<number[][]> {
  const times = groups.map((): number[] => []);
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    for (const [index, group] of groups.entries()) {
      const agent = await authority.enrol('agent');
      const clients = await Promise.all(group.map((server) => openSession(server, agent, anchor)));
      const cuts = Promise.all(group.map(cutOff));
      const startMs = performance.now();
      const revoking = authority.revoke(agent.passport);
      await cuts;
      const tookMs = performance.now() - startMs;
      await revoking;
      for (const client of clients) {
        if (!(await isRefused(client))) throw new Error('A session that was cut off goes on');
        await client.close();
      }
      if (round >= WARM_UP_ROUNDS) times[index]?.push(tookMs);
    }
  }
  return times;
}

/** The same where nothing is pushed: the milliseconds until a call is refused, of a client that calls again and again. */
async function timeRefusals(
  authority: AuthorityProcess,
  anchor: TrustAnchorOptions,
  server: ServerProcess,
  rounds: number,
): Promise<number[]> {
  const times: number[] = [];
  while (times.length < rounds) {
    const agent = await authority.enrol('agent');
    const client = await openSession(server, agent, anchor);
    const startMs = performance.now();
    await authority.revoke(agent.passport);
    while (!(await isRefused(client)));
    times.push(performance.now() - startMs);
    await client.close();
  }
  return times;
}

function pushed(what: string, timesMs: readonly number[]): Measured {
  const against = (quantile: number): Omit<Measurement, 'subject'> => ({
    what,
    reference: `${GOAL_MS} ms`,
    ratio: estimateQuantile(
      timesMs.map((time) => time / GOAL_MS),
      quantile,
    ),
  });
  return {
    measurements: [
      { ...against(0.5), subject: 'p50' },
      { ...against(0.99), subject: 'p99', bound: { kind: 'at most', limit: 1 } },
    ],
    absolutes: quantiles(what, timesMs),
  };
}

function asked(timesMs: readonly number[]): Measured {
  const what = 'not pushed';
  const ratios = timesMs.map((time) => time / ASK_EVERY_MS);
  return {
    measurements: [
      { what, subject: 'p50', reference: 'configured bound', ratio: estimateQuantile(ratios, 0.5) },
      { what, subject: 'p99', reference: 'configured bound', ratio: estimateQuantile(ratios, 0.99) },
    ],
    absolutes: quantiles(what, timesMs),
  };
}

function quantiles(what: string, timesMs: readonly number[]): Absolute[] {
  const of = (quantile: number): number => estimateQuantile(timesMs, quantile).median * NS_PER_MS;
  return [
    { what, name: 'p50', median: of(0.5), unit: 'ns' },
    { what, name: 'p99', median: of(0.99), unit: 'ns' },
    { what, name: 'slowest', median: Math.max(...timesMs) * NS_PER_MS, unit: 'ns' },
  ];
}
