import type { SecureOptions } from '@mcps/sdk-adapter';
import { Bank } from '../world/bank.js';
import { inTemporaryFolder } from '../world/temporary-folder.js';
import { Agent, refusalOf } from './agent.js';
import type { Refused } from './agent.js';
import { AuthorityApi } from './authority-api.js';
import type { Enrolled } from './authority-api.js';
import { AuthorityProgram } from './authority-program.js';
import { cutOffInMidSession } from './cut-off.js';
import type { CutOff } from './cut-off.js';
import { faultsOf } from './faults.js';
import { ServerRecord } from './server-record.js';

/** An agent whom the bank is not to let in, and how it is refused. */
export interface TurnedAway {
  readonly title: string;
  readonly agent: Holder;
  readonly refused?: Refused;
}

/** Whom a passport is for, and the level that it vouches for at most. */
interface Holder {
  readonly name: string;
  readonly passportId: string;
  readonly level: number;
}

/** What the run with a Trust Authority has shown. */
export interface AuthorityReport {
  readonly url: string;
  /** The authority that the agents found to vouch for the server. */
  readonly issuer: string;
  /** The server, and those who call it. The first agent is the one that is revoked. */
  readonly server: Holder;
  readonly agents: readonly Holder[];
  readonly turnedAway: readonly TurnedAway[];
  readonly cutOff: CutOff;
  /** How the agent that was cut off is refused when it connects anew; absent where it is let in. */
  readonly reconnect?: Refused;
  /** What is not as it must be, in words. */
  readonly faults: readonly string[];
}

/** Runs a Trust Authority, a server and two agents that it has enrolled, and has it cut off one of them in mid-session. */
export async function runAuthority(progress: (text: string) => void = () => undefined): Promise<AuthorityReport> {
  return inTemporaryFolder(async (folder) => {
    progress('starting the authority');
    const program = await AuthorityProgram.start(folder);
    try {
      return await runWith(program, progress);
    } finally {
      await program.stop();
    }
  });
}

async function runWith(
  { url, adminToken }: AuthorityProgram,
  progress: (text: string) => void,
): Promise<AuthorityReport> {
  const admin = new AuthorityApi(url, adminToken);
  const [issuing, revoking] = [await admin.withScope('issue'), await admin.withScope('revoke')];
  progress('enrolling a server and its agents');
  const server = await issuing.enrol('bank');
  const [payroll, billing] = [await issuing.enrol('payroll'), await issuing.enrol('billing')];

  const record = new ServerRecord();
  const security: SecureOptions = {
    passport: server.passport,
    privateKey: server.privateKey,
    trustAuthority: url,
    minTrustLevel: 2,
    onTrustNotice: () => undefined,
    onAudit: record.note,
  };
  const bank = await Bank.open(security);
  const agents: Agent[] = [];
  try {
    for (const enrolled of [payroll, billing]) agents.push(await Agent.connect(enrolled, bank, url));
    const [agent, other] = agents;
    if (agent === undefined || other === undefined) throw new Error('There are no agents');
    progress('turning away those whom nobody vouches for');
    const door: Door = { url, bank, record };
    const turnedAway = [await withoutToken(door), await withoutEvidence(door, issuing, security)];
    progress('revoking an agent while it is calling');
    const payrollId = payroll.passport.passport_id;
    const cutOff = await cutOffInMidSession({
      agent,
      other,
      revoke: () => revoking.revoke(payrollId),
      heardAtMs: () => record.cutOffAtMs(payrollId),
      refusedByServer: () => record.refusalsOf(payrollId),
    });
    const reconnect = await refusalToConnect(payroll, door);
    const shown = { turnedAway, cutOff, ...(reconnect === undefined ? {} : { reconnect }) };
    return {
      url,
      issuer: agent.peer?.issuer ?? 'nobody',
      server: holder(server),
      agents: [payroll, billing].map(holder),
      ...shown,
      faults: faultsOf(shown),
    };
  } finally {
    await Promise.allSettled(agents.map((agent) => agent.close()));
    await bank.close();
  }
}

/** Where somebody tries to get in. */
interface Door {
  readonly url: string;
  readonly bank: Bank;
  readonly record: ServerRecord;
}

/** Anybody may have a passport of level 1. */
async function withoutToken(door: Door): Promise<TurnedAway> {
  const agent = await new AuthorityApi(door.url).enrol('passer-by');
  return turnedAway('enrolled without a token, where level 2 is asked for', agent, door);
}

/** Whom the operator enrols gets level 2; level 3 takes evidence of a security scan. */
async function withoutEvidence(door: Door, issuing: AuthorityApi, usual: SecureOptions): Promise<TurnedAway> {
  const bank = await Bank.open({ ...usual, minTrustLevel: 3 });
  try {
    const agent = await issuing.enrol('unscanned');
    return await turnedAway('has no evidence of a scan, where level 3 is asked for', agent, { ...door, bank });
  } finally {
    await bank.close();
  }
}

async function turnedAway(title: string, agent: Enrolled, door: Door): Promise<TurnedAway> {
  const refused = await refusalToConnect(agent, door);
  return { title, agent: holder(agent), ...(refused === undefined ? {} : { refused }) };
}

/** How the server refuses somebody who connects; `undefined` where it does not. */
async function refusalToConnect(enrolled: Enrolled, { url, bank, record }: Door): Promise<Refused | undefined> {
  const { passport_id: id } = enrolled.passport;
  const refusalsBefore = record.refusalsOf(id);
  try {
    const agent = await Agent.connect(enrolled, bank, url);
    await agent.close();
    return undefined;
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined || record.refusalsOf(id) === refusalsBefore) throw error;
    return refused;
  }
}

function holder({ name, passport }: Enrolled): Holder {
  return { name, passportId: passport.passport_id, level: passport.trust_level };
}
