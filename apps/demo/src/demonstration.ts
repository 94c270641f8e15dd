import { ALL_ATTACKS } from './attacks/all-attacks.js';
import { runAttack } from './attacks/run-attack.js';
import type { AttackReport, CreateWorld } from './attacks/run-attack.js';
import { runAuthority } from './authority/authority-run.js';
import type { AuthorityReport } from './authority/authority-run.js';
import { runHttp } from './honest/http.js';
import type { HonestReport } from './honest/honest-run.js';
import { WRAPPED_SERVERS, runWrapped } from './honest/stdio.js';
import type { TerminalReport } from './report/terminal.js';
import { Authority } from './world/authority.js';

/** Everything that a demonstration has shown, for programs. */
export interface Demonstration {
  readonly honest: readonly HonestReport[];
  readonly authority: AuthorityReport;
  readonly attacks: readonly AttackReport[];
  /** Every attack was refused by the check that is meant to refuse it, and the authority's revocation was honoured. */
  readonly passed: boolean;
}

/** Runs the honest connections, then those with a Trust Authority, then every attack. Rejects where an honest call fails. */
export async function demonstrate(report?: TerminalReport, createWorld?: CreateWorld): Promise<Demonstration> {
  const startedAt = performance.now();
  const honest = await runHonest(report);
  report?.section('A Trust Authority in a process of its own, and agents that it has enrolled');
  const authority = await runAuthority((text) => report?.progress(text));
  report?.authority(authority);
  const attacks: AttackReport[] = [];
  for (const { by, attacks: group } of ALL_ATTACKS) {
    report?.section(`${by} …`);
    for (const attack of group) {
      report?.progress(attack.title);
      const outcome = await runAttack(attack, createWorld);
      report?.attack(outcome);
      attacks.push(outcome);
    }
  }
  const refused = attacks.filter((attack) => attack.refused).length;
  report?.summary(refused, attacks.length, authority.faults, (performance.now() - startedAt) / 1000);
  return { honest, authority, attacks, passed: refused === attacks.length && authority.faults.length === 0 };
}

async function runHonest(report: TerminalReport | undefined): Promise<HonestReport[]> {
  report?.section('The official MCP client and servers that nobody here wrote, through MCPS');
  const authority = await Authority.create('demo-authority');
  const honest: HonestReport[] = [];
  for (const server of WRAPPED_SERVERS) {
    report?.progress(`starting ${server.packageName}`);
    const outcome = await runWrapped(server, authority);
    report?.honest(outcome);
    honest.push(outcome);
  }
  const outcome = await runHttp(authority);
  report?.honest(outcome);
  return [...honest, outcome];
}
