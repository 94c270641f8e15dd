import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@mcps/protocol';
import { compared, absolutesOf } from '../harness/budget.js';
import type { Budget, Measurement } from '../harness/budget.js';
import { Contest } from '../harness/contest.js';
import type { Plan } from '../harness/contest.js';
import type { Bound } from '../harness/verdict.js';
import { httpMessageSignatures } from '../schemes/http-message-signatures.js';
import { joseCompact } from '../schemes/jose.js';
import { jsonWebToken } from '../schemes/jsonwebtoken.js';
import { mcpsAsync, mcpsIdentity, mcpsSync } from '../schemes/mcps.js';
import { noble } from '../schemes/noble.js';
import { nodeCrypto } from '../schemes/node-crypto.js';
import { asyncContestant, syncContestant } from '../schemes/scheme.js';
import { largeCall, smallCall } from '../workloads/messages.js';

const FLOOR = 'node:crypto';

interface Limits {
  readonly floor?: Bound;
  readonly token?: Bound;
}

const LIMITS: Limits = {
  floor: { kind: 'at most', limit: 1.2, moonshot: 1.1 },
  token: { kind: 'at most', limit: 1 },
};

/** Budget 1: what a signed message costs beyond the curve itself. */
export const signVerify: Budget = {
  name: 'sign-verify',
  title: 'Sign and verify one message',
  measure: async ({ plan }) => {
    const small = await contest(smallCall, plan);
    const large = await contest(largeCall, plan);
    return {
      measurements: [...measurements('250 B', small, LIMITS), ...measurements('20 KB', large, {})],
      absolutes: [...absolutesOf(small, '250 B'), ...absolutesOf(large, '20 KB')],
    };
  },
};

async function contest(callOf: (number: number) => JsonObject, plan: Plan): Promise<Contest> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const identity = await mcpsIdentity(keys);
  const bytesOf = (number: number): Buffer => Buffer.from(JSON.stringify(callOf(number)));
  const contestants = [
    syncContestant(nodeCrypto(keys), bytesOf),
    syncContestant(mcpsSync(identity), callOf),
    asyncContestant(mcpsAsync(identity), callOf),
    syncContestant(jsonWebToken(keys), callOf),
    asyncContestant(await joseCompact(keys), callOf),
    asyncContestant(httpMessageSignatures(keys), callOf),
    syncContestant(noble(), bytesOf),
  ];
  return Contest.hold(contestants, plan);
}

function measurements(what: string, contest: Contest, limits: Limits): Measurement[] {
  const own = ['MCPS sync', 'MCPS'];
  const rivals = ['jsonwebtoken', 'jose compact', 'RFC 9421', '@noble/curves'];
  return [
    ...own.map((subject) => compared(contest, what, subject, FLOOR, limits.floor)),
    ...own.map((subject) => compared(contest, what, subject, 'jsonwebtoken', limits.token)),
    ...rivals.map((subject) => compared(contest, what, subject, FLOOR)),
  ];
}
