import type { CliProcess } from '../process.js';

const WIDTH = 30;

/** A bar on standard error that grows with the bytes that are done; only on a terminal, and not where the result is for a program. */
export function progressBar(
  { stderr }: Pick<CliProcess, 'stderr'>,
  json: boolean,
): { update(done: number, total: number): void; end(): void } {
  if (stderr.isTTY !== true || json) return { update: () => undefined, end: () => undefined };
  let shown = -1;
  return {
    update(done, total) {
      const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
      if (percent === shown) return;
      shown = percent;
      const filled = Math.floor((percent / 100) * WIDTH);
      stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent}%`);
    },
    end() {
      if (shown >= 0) stderr.write(`\r${' '.repeat(WIDTH + 5)}\r`);
    },
  };
}
