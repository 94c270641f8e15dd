/** What a piece of work took. */
export interface Duration {
  readonly wallNs: number;
  /** Of all threads of this process, garbage collection and the thread pool included. */
  readonly cpuNs: number;
}

/** Adds up what runs inside it; preparing and tidying up stay outside. */
export class Stopwatch {
  #wallNs = 0;
  #cpuNs = 0;

  time(work: () => void): void {
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    work();
    this.#add(start, cpu);
  }

  async timeAsync(work: () => Promise<unknown>): Promise<void> {
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    await work();
    this.#add(start, cpu);
  }

  get elapsed(): Duration {
    return { wallNs: this.#wallNs, cpuNs: this.#cpuNs };
  }

  #add(start: bigint, cpu: NodeJS.CpuUsage): void {
    this.#wallNs += Number(process.hrtime.bigint() - start);
    const { user, system } = process.cpuUsage(cpu);
    this.#cpuNs += (user + system) * 1000;
  }
}
