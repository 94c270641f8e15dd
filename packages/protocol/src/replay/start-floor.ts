import type { Clock } from '../time/index.js';

/**
 * The floor of a store that remembers nothing from before its start: what could have been accepted until then is refused.
 *
 * A clock that was behind at the start and has been put right since would leave a gap: messages from before the start are dated later than the
 * start seemed to be. So the start is where the clock of today places it, by the time that has really passed since.
 */
export class StartFloor {
  readonly #keptMs: number;
  readonly #uptime: Clock | undefined;
  readonly #startUptimeMs: number;
  #startMs: number;

  /**
   * @param keptMs how long after the start a message may expire that was accepted before it
   * @param uptime milliseconds since any moment, which setting the clock does not change; without it, clocks are taken to be never put forward
   */
  constructor(startMs: number, keptMs: number, uptime: Clock | undefined) {
    this.#startMs = startMs;
    this.#keptMs = keptMs;
    this.#uptime = uptime;
    this.#startUptimeMs = uptime?.() ?? 0;
  }

  get floorMs(): number {
    return this.#startMs + this.#keptMs;
  }

  /** Learns what the clock says now. The floor never falls by it. */
  observe(nowMs: number): void {
    if (this.#uptime === undefined) return;
    const startMs = nowMs - (this.#uptime() - this.#startUptimeMs);
    if (startMs > this.#startMs) this.#startMs = startMs;
  }
}
