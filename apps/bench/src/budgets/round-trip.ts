import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secureFetch, secureHandler } from '@mcps/sdk-adapter/http';
import type { RequestHandler } from '@mcps/sdk-adapter/http';
import { absolutesOf, compared } from '../harness/budget.js';
import type { Budget, Measured } from '../harness/budget.js';
import { programPath } from '../harness/child.js';
import { Contest } from '../harness/contest.js';
import type { Plan } from '../harness/contest.js';
import type { Contestant } from '../harness/contestant.js';
import { issueIdentities } from '../mcp/identities.js';
import type { Security } from '../mcp/identities.js';
import { sdk1 } from '../mcp/sdk-1.js';
import { sdk2 } from '../mcp/sdk-2.js';
import { caller } from '../mcp/session.js';
import type { SdkLine, Session } from '../mcp/session.js';
import { serveHandler } from '../mcp/web-handler.js';

const SECURED = 'secured';
const DECORATED = 'decorated';
const PLAIN = 'plain';

const HTTP_LIMIT = 1.2;
/** Of the decorator, which works on messages of the SDK and not on bytes. */
const DECORATED_LIMIT = 1.3;
const STDIO_LIMIT = 3;

const LINES: readonly SdkLine[] = [sdk1, sdk2('2025-11-25'), sdk2('2026-07-28')];

/** Budget 4: what a secured call costs with all that a call takes anyway. Two signatures and two verifications are in it. */
export const roundTrip: Budget = {
  name: 'round-trip',
  title: 'tools/call with the official clients, one in flight',
  measure: async ({ plan }) => {
    const identities = await issueIdentities();
    const parts: Measured[] = [];
    for (const line of LINES) parts.push(await overHttp(line, identities, plan));
    for (const line of LINES) parts.push(await overStdio(line, identities, plan));
    return {
      measurements: parts.flatMap(({ measurements }) => measurements),
      absolutes: parts.flatMap(({ absolutes }) => absolutes),
    };
  },
};

interface Identities {
  readonly server: Security;
  readonly client: Security;
}

/** Client and servers share this process, so that processor time counts both sides. */
async function overHttp(line: SdkLine, { server, client }: Identities, plan: Plan): Promise<Measured> {
  const closing: (() => Promise<void> | void)[] = [];
  const serve = async (handler: RequestHandler): Promise<URL> => {
    const listening = await serveHandler(handler);
    closing.unshift(() => listening.close());
    return listening.url;
  };
  const begin = async (name: string, connecting: Promise<Session>): Promise<Contestant> => {
    const session = await connecting;
    closing.unshift(() => session.close());
    return caller(name, session);
  };
  const secured = async (): Promise<Contestant> => {
    const handler = secureHandler(line.handler(), { ...server, stateless: line.stateless });
    closing.unshift(() => handler.close());
    const url = await serve(handler);
    const fetch = secureFetch(globalThis.fetch, client);
    closing.unshift(() => fetch.close());
    return begin(SECURED, line.connectHttp(url, { fetch }));
  };
  try {
    const contestants = [await begin(PLAIN, line.connectHttp(await serve(line.handler()), {})), await secured()];
    // Where every request is served by a server of its own, there is no object that could be decorated.
    if (!line.stateless) {
      const url = await serve(line.handler(server));
      contestants.push(await begin(DECORATED, line.connectHttp(url, { security: client })));
    }
    return measured(`HTTP, ${line.name}`, await Contest.hold(contestants, plan), HTTP_LIMIT);
  } finally {
    for (const close of closing) await close();
  }
}

/** Each server is a child process, as usual with stdio. */
async function overStdio(line: SdkLine, { server, client }: Identities, plan: Plan): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-bench-'));
  const sessions: Session[] = [];
  const open = async (name: string, args: readonly string[], security?: Security): Promise<Contestant> => {
    const session = await line.connectStdio([programPath(line.stdioProgram), ...args], security);
    sessions.push(session);
    return caller(name, session, { usesOtherProcesses: true });
  };
  try {
    const file = join(folder, 'server.json');
    await writeFile(file, JSON.stringify(server), { mode: 0o600 });
    const contestants = [await open(PLAIN, []), await open(SECURED, [file], client)];
    return measured(`stdio, ${line.name}`, await Contest.hold(contestants, plan), STDIO_LIMIT);
  } finally {
    for (const session of sessions) await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function measured(what: string, contest: Contest, limit: number): Measured {
  const absolutes = absolutesOf(contest, what);
  const measurements = [compared(contest, what, SECURED, PLAIN, { kind: 'at most', limit })];
  if (absolutes.some(({ name }) => name === DECORATED))
    measurements.push(compared(contest, what, DECORATED, PLAIN, { kind: 'at most', limit: DECORATED_LIMIT }));
  return { measurements, absolutes };
}
