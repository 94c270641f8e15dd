import pc from 'picocolors';
import type { AttackReport } from '../attacks/run-attack.js';
import type { AuthorityReport } from '../authority/authority-run.js';
import type { Refused } from '../authority/agent.js';
import type { HonestReport } from '../honest/honest-run.js';

const WIDTH = 62;

/** Prints the demonstration for people, line by line as it happens. */
export class TerminalReport {
  constructor(private readonly out: NodeJS.WriteStream) {}

  section(title: string): void {
    this.#line('');
    this.#line(pc.bold(title));
  }

  /** Says what is going on while somebody waits; replaced by the next line on a terminal, and left out elsewhere. */
  progress(text: string): void {
    if (this.out.isTTY) this.out.write(pc.dim(`  … ${text}`));
  }

  honest({ server, transport, peer, tools, calls }: HonestReport): void {
    this.#line(`  ${pc.green('✓')} ${pc.bold(server)} ${pc.dim(`over ${transport}`)}`);
    this.#line(
      `      identity   ${peer.agent.name}, trust level ${String(peer.level)}, vouched for by ${peer.issuer ?? 'nobody'}`,
    );
    this.#line(`                 ${pc.dim(peer.passportId)}`);
    this.#line(`      tools      ${String(tools)} listed, every signature verified and pinned`);
    for (const { call, answer } of calls) this.#line(`      call       ${call} ${pc.dim('→')} ${shortened(answer)}`);
  }

  authority({ url, issuer, server, agents, turnedAway, cutOff, reconnect }: AuthorityReport): void {
    this.#line(`  ${pc.green('✓')} ${pc.bold(issuer)} ${pc.dim(`at ${url}, asked over HTTP only`)}`);
    for (const { name, level, passportId } of [server, ...agents])
      this.#line(`      enrolled   ${name.padEnd(8)} trust level ${String(level)} ${pc.dim(passportId)}`);
    for (const { title, agent, refused } of turnedAway) this.#verdict(refused, `${agent.name}: ${title}`);

    const [revoked, other] = agents.map(({ name }) => name);
    const { answeredBefore, confirmedAfterMs, heardAfterMs, refusedAfterMs } = cutOff;
    const inTime =
      refusedAfterMs === undefined
        ? 'not cut off'
        : `cut off ${String(refusedAfterMs)} ms after the request to revoke it`;
    this.#verdict(cutOff.refused, `${revoked ?? ''}: ${inTime}`);
    this.#detail('before', `${String(answeredBefore)} calls answered in the same session`);
    this.#detail('0.0 ms', `POST /api/revoke, while both agents are calling`);
    this.#detail(inMs(confirmedAfterMs), 'the authority confirms');
    this.#detail(inMs(heardAfterMs), 'the server has heard, and ends the running session');
    this.#detail(
      inMs(refusedAfterMs),
      `the agent is refused; ${String(cutOff.answeredMeanwhile)} of its calls were answered until then`,
    );
    this.#detail(
      'after',
      `${String(cutOff.callsAfter)} more calls in that session, ${String(cutOff.gotThrough)} got through`,
    );
    this.#detail(
      'other',
      `${String(cutOff.other.answered)} of ${String(cutOff.other.calls)} calls of ${other ?? ''} answered meanwhile`,
    );
    this.#verdict(reconnect, `${revoked ?? ''}: connects anew`);
  }

  attack({ title, check, refused, secured, plain }: AttackReport): void {
    const mark = refused ? pc.green('✓ refused') : pc.red('✗ GOT THROUGH');
    const verdict = check === undefined ? 'no check fired' : `${check.code} ${check.reason}`;
    this.#line(`  ${mark}  ${title.padEnd(WIDTH)} ${pc.bold(verdict)}`);
    const where = check === undefined ? '' : `${check.side}, ${check.stage} check: `;
    this.#line(pc.dim(`               with MCPS   ${where}${secured.effect}`));
    this.#line(
      pc.dim(`               plain MCP   ${plain.succeeded ? plain.effect : `stopped here too: ${plain.effect}`}`),
    );
  }

  summary(refused: number, total: number, faults: readonly string[], seconds: number): void {
    this.#line('');
    for (const fault of faults) this.#line(pc.red(pc.bold(fault)));
    const line = `${String(refused)} of ${String(total)} attacks refused, in ${seconds.toFixed(1)} s`;
    this.#line(refused === total ? pc.green(pc.bold(line)) : pc.red(pc.bold(line)));
    this.#line(pc.dim('MCPS signs and does not encrypt: keep TLS where others can listen.'));
  }

  #verdict(refused: Refused | undefined, title: string): void {
    const mark = refused === undefined ? pc.red('✗ GOT THROUGH') : pc.green('✓ refused');
    const verdict = refused === undefined ? 'no check fired' : `${refused.code} ${refused.reason}`;
    this.#line(`  ${mark}  ${title.padEnd(WIDTH)} ${pc.bold(verdict)}`);
  }

  #detail(label: string, text: string): void {
    this.#line(pc.dim(`               ${label.padEnd(11)} ${text}`));
  }

  #line(text: string): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
    this.out.write(`${text}\n`);
  }
}

function inMs(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${ms.toFixed(1)} ms`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
