import { createPassportId } from '@mcps/protocol';
import { AuthorityProcess } from '../authority/authority-process.js';
import { absolutesOf, comparedByRate } from '../harness/budget.js';
import type { Budget } from '../harness/budget.js';
import { programPath, startServer } from '../harness/child.js';
import { Contest } from '../harness/contest.js';
import { HttpConnection, requestText } from '../http/connection.js';
import { HttpLoad, loading } from '../http/load.js';

const CONNECTIONS = 16;
const PASSPORTS = 64;
const BARE = 'bare Hono';
const KNOWN = `${PASSPORTS} passports in turn`;
const FRESH = 'another id each time';

/** Budget 7: what answering for the status of passports costs on top of the framework that answers. */
export const verifyEndpoint: Budget = {
  name: 'verify-endpoint',
  title: `GET /api/verify/{id} of the authority, ${CONNECTIONS} connections`,
  measure: async ({ plan }) => {
    const authority = await AuthorityProcess.start();
    const closing: (() => unknown)[] = [() => authority.stop()];
    try {
      const ids: string[] = [];
      for (let count = 0; count < PASSPORTS; count++) {
        ids.push((await authority.enrol(`agent-${count}`)).passport.passport_id);
      }
      const bare = await startServer(programPath('bare-server'), [await answerAbout(authority.url, ids[0] ?? '')]);
      closing.push(() => bare.stop());
      const [own, other] = [
        await HttpLoad.open(authority.url, CONNECTIONS),
        await HttpLoad.open(bare.url, CONNECTIONS),
      ];
      closing.push(
        () => own.close(),
        () => other.close(),
      );
      let next = 0;
      const inTurn = (count: number): string[] =>
        Array.from({ length: count }, () => ask(ids[next++ % PASSPORTS] ?? ''));
      const contest = await Contest.hold(
        [
          loading(BARE, other, 200, inTurn),
          loading(KNOWN, own, 200, inTurn),
          loading(FRESH, own, 200, (count) => Array.from({ length: count }, () => ask(createPassportId()))),
        ],
        plan,
      );
      const what = 'requests per second';
      return {
        measurements: [
          comparedByRate(contest, what, KNOWN, BARE, { kind: 'at least', limit: 0.6 }),
          comparedByRate(contest, what, FRESH, BARE),
        ],
        absolutes: absolutesOf(contest, 'a request'),
      };
    } finally {
      for (const close of closing.reverse()) await close();
    }
  },
};

const ask = (id: string): string => requestText('GET', `/api/verify/${id}`);

async function answerAbout(url: URL, id: string): Promise<string> {
  const connection = await HttpConnection.open(url);
  try {
    return (await connection.send(ask(id))).body.toString();
  } finally {
    connection.close();
  }
}
