import { ALL_ATTACKS } from './attacks/all-attacks.js';
import { runAttack } from './attacks/run-attack.js';
import type { AttackReport, CreateWorld } from './attacks/run-attack.js';
import { runHttp } from './honest/http.js';
import type { HonestReport } from './honest/honest-run.js';
import { WRAPPED_SERVERS, runWrapped } from './honest/stdio.js';
import type { TerminalReport } from './report/terminal.js';
import { Authority } from './world/authority.js';

/** Everything that a demonstration has shown, for programs. */
export interface Demonstration {
  readonly honest: readonly HonestReport[];
  readonly attacks: readonly AttackReport[];
  /** Every attack was refused by the check that is meant to refuse it. */
  readonly passed: boolean;
}

/** Runs the honest connections, then every attack. Rejects where an honest call fails. */
export async function demonstrate(report?: TerminalReport, createWorld?: CreateWorld): Promise<Demonstration> {
  const startedAt = performance.now();
  const honest = await runHonest(report);
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
  report?.summary(refused, attacks.length, (performance.now() - startedAt) / 1000);
  return { honest, attacks, passed: refused === attacks.length };
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
