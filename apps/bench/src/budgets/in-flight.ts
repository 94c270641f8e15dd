import { generateKeyPairSync } from 'node:crypto';
import { compared, absolutesOf } from '../harness/budget.js';
import type { Budget } from '../harness/budget.js';
import { Contest } from '../harness/contest.js';
import { mcpsAsync, mcpsIdentity } from '../schemes/mcps.js';
import { nodeCrypto, nodeCryptoOnPool } from '../schemes/node-crypto.js';
import { asyncContestant, syncContestant } from '../schemes/scheme.js';
import { smallCall } from '../workloads/messages.js';

const IN_FLIGHT = 16;

/** Budget 5: what a busy program gains from further processors, where one thread of bare node:crypto has none to gain. */
export const inFlight: Budget = {
  name: 'in-flight',
  title: `Sign and verify, ${IN_FLIGHT} messages in flight`,
  measure: async ({ plan }) => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const mcps = mcpsAsync(await mcpsIdentity(keys));
    const many = { ...mcps, name: `MCPS, ${IN_FLIGHT} in flight` };
    const bytesOf = (number: number): Buffer => Buffer.from(JSON.stringify(smallCall(number)));
    const pool = nodeCryptoOnPool(keys);
    const contest = await Contest.hold(
      [
        syncContestant(nodeCrypto(keys), bytesOf),
        asyncContestant(pool, bytesOf, IN_FLIGHT),
        asyncContestant(mcps, smallCall),
        asyncContestant(many, smallCall, IN_FLIGHT),
      ],
      plan,
    );
    const what = '250 B';
    return {
      measurements: [
        compared(contest, what, many.name, 'node:crypto', { kind: 'at most', limit: 0.85 }),
        compared(contest, what, pool.name, 'node:crypto'),
        compared(contest, what, many.name, mcps.name),
      ],
      absolutes: absolutesOf(contest, what),
    };
  },
};
