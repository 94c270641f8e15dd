import type { Stopwatch } from './stopwatch.js';

/** One way of doing something. */
export interface Contestant {
  readonly name: string;
  /** Whether other processes do a part of it, whose processor time nobody counts. */
  readonly usesOtherProcesses?: boolean;
  /** Does it so many times. Only what runs inside the watch counts. */
  run(operations: number, watch: Stopwatch): Promise<void>;
}
