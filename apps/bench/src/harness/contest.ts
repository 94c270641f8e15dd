import type { Contestant } from './contestant.js';
import { estimate, median } from './statistics.js';
import type { Estimate } from './statistics.js';
import { Stopwatch } from './stopwatch.js';
import type { Duration } from './stopwatch.js';

/** How long a contest goes on. */
export interface Plan {
  /** Before anything counts, for each contestant. */
  readonly warmUpMs: number;
  /** Each contestant's share of a round. */
  readonly sliceMs: number;
  readonly rounds: number;
}

/** How one contestant compares with another. */
export interface Ratio extends Estimate {
  /** The same of processor time; absent where other processes do part of the work. */
  readonly cpu?: number;
}

/** What one contestant took, per operation. */
interface Speed {
  readonly name: string;
  readonly medianNs: number;
  /** Operations in a slice. */
  readonly operations: number;
}

interface Lane {
  readonly contestant: Contestant;
  readonly operations: number;
  /** Per operation, by round. */
  readonly slices: Duration[];
}

/** The outcome of a contest. */
export class Contest {
  readonly #lanes: readonly Lane[];

  private constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
  }

  /**
   * Lets contestants take turns in short slices, so that whatever slows the machine down for a while slows all of them down. Every round starts
   * with another one, so that none always runs behind the same neighbour.
   */
  static async hold(contestants: readonly Contestant[], plan: Plan): Promise<Contest> {
    const lanes: Lane[] = [];
    for (const contestant of contestants) lanes.push({ contestant, ...(await warmUp(contestant, plan)), slices: [] });
    for (let round = 0; round < plan.rounds; round++) {
      const first = round % lanes.length;
      for (const lane of [...lanes.slice(first), ...lanes.slice(0, first)]) {
        lane.slices.push(await slice(lane.contestant, lane.operations));
      }
    }
    return new Contest(lanes);
  }

  /** `subject` ÷ `reference` of the time per operation, round by round. */
  ratio(subject: string, reference: string): Ratio {
    const own = this.#lane(subject);
    const other = this.#lane(reference);
    const wall = estimate(quotients(own.slices, other.slices, 'wallNs'));
    const elsewhere = [own, other].some(({ contestant }) => contestant.usesOtherProcesses === true);
    return elsewhere ? wall : { ...wall, cpu: median(quotients(own.slices, other.slices, 'cpuNs')) };
  }

  /** The time per operation ÷ a goal that is a time, round by round. It holds for this machine only. */
  against(subject: string, goalNs: number): Ratio {
    const { slices } = this.#lane(subject);
    const of = (part: keyof Duration): number[] => slices.map((duration) => duration[part] / goalNs);
    return { ...estimate(of('wallNs')), cpu: median(of('cpuNs')) };
  }

  get speeds(): Speed[] {
    return this.#lanes.map(({ contestant: { name }, operations, slices }) => ({
      name,
      medianNs: median(slices.map(({ wallNs }) => wallNs)),
      operations,
    }));
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.find(({ contestant }) => contestant.name === name);
    if (lane === undefined) throw new RangeError(`Nobody in the contest is called ${name}`);
    return lane;
  }
}

function quotients(own: readonly Duration[], others: readonly Duration[], part: keyof Duration): number[] {
  return own.map((duration, round) => duration[part] / (others[round]?.[part] ?? NaN));
}

/** Runs a contestant until its code is compiled, and finds how many operations fill a slice. */
async function warmUp(contestant: Contestant, { warmUpMs, sliceMs }: Plan): Promise<{ operations: number }> {
  let operations = 1;
  for (let spentNs = 0; ; operations *= 2) {
    const { wallNs } = await slice(contestant, operations);
    spentNs += wallNs * operations;
    if (spentNs >= warmUpMs * 1e6) return { operations: Math.max(1, Math.round((sliceMs * 1e6) / wallNs)) };
  }
}

async function slice(contestant: Contestant, operations: number): Promise<Duration> {
  const watch = new Stopwatch();
  await contestant.run(operations, watch);
  const { wallNs, cpuNs } = watch.elapsed;
  if (wallNs === 0) throw new RangeError(`${contestant.name} did nothing`);
  return { wallNs: wallNs / operations, cpuNs: cpuNs / operations };
}
