import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorityProcess } from '../authority/authority-process.js';
import { sqliteRows } from '../authority/row-writers.js';
import { absolutesOf, comparedByRate } from '../harness/budget.js';
import type { Budget } from '../harness/budget.js';
import { Contest } from '../harness/contest.js';
import type { Contestant } from '../harness/contestant.js';
import { requestText } from '../http/connection.js';
import { HttpLoad, loading } from '../http/load.js';

const CROWD = 64;
const ALONE = 'issued, one at a time';
const TOGETHER = `issued, ${CROWD} at a time`;
const SINGLE = 'one row a transaction';
const BATCHED = '100 rows a transaction';
/** Long enough for a crowd to be one. */
const SLICE_MS = 100;

/** Budget 8: what the authority makes of the database below it. Nothing is issued before it is on the disk. */
export const issuing: Budget = {
  name: 'issuing',
  title: 'POST /api/passport of the authority, embedded database',
  measure: async ({ quick, plan }) => {
    const folder = await mkdtemp(join(tmpdir(), 'mcps-bench-'));
    const closing: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      const authority = await AuthorityProcess.start();
      closing.push(() => authority.stop());
      const { passport } = await authority.enrol('agent');
      const rows = sqliteRows(folder, JSON.stringify(passport), { [SINGLE]: 1, [BATCHED]: 100 });
      closing.push(() => rows.close());
      const issue = async (name: string, connections: number): Promise<Contestant> => {
        const load = await HttpLoad.open(authority.url, connections);
        closing.push(() => load.close());
        return loading(name, load, 201, (count) => prepare(authority, count));
      };
      const contestants = [...rows.contestants, await issue(ALONE, 1), await issue(TOGETHER, CROWD)];
      const contest = await Contest.hold(contestants, quick ? plan : { ...plan, sliceMs: SLICE_MS, rounds: 31 });
      const what = 'per second';
      return {
        measurements: [
          comparedByRate(contest, what, TOGETHER, ALONE, { kind: 'at least', limit: 1 }),
          comparedByRate(contest, what, TOGETHER, SINGLE),
          comparedByRate(contest, what, TOGETHER, BATCHED),
        ],
        absolutes: absolutesOf(contest, 'a passport or row'),
        notes: [
          `Against "${SINGLE}" 1 means: as many passports as there could be durable transactions, if each had its own. Group commit can exceed it.`,
          `Against "${BATCHED}" 1 would mean that signatures, proofs, the log and HTTP cost nothing beside the writing.`,
        ],
      };
    } finally {
      for (const close of closing.reverse()) await close();
    }
  },
};

/** All the work of agents that enrol, but the request itself. */
async function prepare(authority: AuthorityProcess, count: number): Promise<string[]> {
  const requests: string[] = [];
  for (let number = 0; number < count; number++) {
    const { body } = await authority.passportRequest('agent');
    requests.push(requestText('POST', '/api/passport', { token: authority.token, body }));
  }
  return requests;
}
