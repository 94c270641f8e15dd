/**
 * Runs jobs one after another, in the order in which they were pushed, and holds a bounded number of them. The first job of an idle queue starts at
 * once, within `push`.
 */
export class SerialQueue {
  #jobs: (() => Promise<void>)[] = [];
  #next = 0;
  #running = false;

  constructor(
    private readonly capacity: number,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Jobs that wait, the running one not counted. */
  get waiting(): number {
    return this.#jobs.length - this.#next;
  }

  /** Whether a job that is pushed now starts within `push`. */
  get idle(): boolean {
    return !this.#running;
  }

  /** Appends a job. Returns false, and does nothing, where the queue is full. */
  push(job: () => Promise<void>): boolean {
    if (this.waiting >= this.capacity) return false;
    this.pushAlways(job);
    return true;
  }

  /** Appends a job whatever the queue holds: for the few that must not be lost, such as the end of the connection. */
  pushAlways(job: () => Promise<void>): void {
    this.#jobs.push(job);
    if (!this.#running) void this.#run();
  }

  /** Forgets every job that has not started. */
  clear(): void {
    this.#jobs = [];
    this.#next = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let job = this.#take(); job !== undefined; job = this.#take()) {
      try {
        await job();
      } catch (error) {
        this.onFault(error);
      }
    }
    this.#running = false;
  }

  #take(): (() => Promise<void>) | undefined {
    const job = this.#jobs[this.#next];
    if (job === undefined) return undefined;
    this.#next += 1;
    // Compacts now and then, so that a busy queue neither shifts a long array for every job nor grows without end.
    if (this.#next === this.#jobs.length || this.#next >= 1024) {
      this.#jobs = this.#jobs.slice(this.#next);
      this.#next = 0;
    }
    return job;
  }
}
