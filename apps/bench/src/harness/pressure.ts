import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PRESSURE_FILE = '/proc/pressure/cpu';

/**
 * How much of the time something on this machine waited for a processor, in percent, while this process slept: the pressure that others cause.
 * `undefined` where the system does not tell.
 */
export async function idlePressurePercent(sampleMs: number): Promise<number | undefined> {
  const before = read();
  const start = performance.now();
  await sleep(sampleMs);
  const after = read();
  if (before === undefined || after === undefined) return undefined;
  return Math.min(100, (after - before) / 10 / (performance.now() - start));
}

function read(): number | undefined {
  try {
    return stalledMicroseconds(readFileSync(PRESSURE_FILE, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The running total of the line `some` of a pressure file, microseconds. */
export function stalledMicroseconds(text: string): number | undefined {
  const total = /^some .*\btotal=(\d+)$/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
}
