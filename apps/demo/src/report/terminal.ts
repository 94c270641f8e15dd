import pc from 'picocolors';
import type { AttackReport } from '../attacks/run-attack.js';
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

  summary(refused: number, total: number, seconds: number): void {
    this.#line('');
    const line = `${String(refused)} of ${String(total)} attacks refused, in ${seconds.toFixed(1)} s`;
    this.#line(refused === total ? pc.green(pc.bold(line)) : pc.red(pc.bold(line)));
    this.#line(pc.dim('MCPS signs and does not encrypt: keep TLS where others can listen.'));
  }

  #line(text: string): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
    this.out.write(`${text}\n`);
  }
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
