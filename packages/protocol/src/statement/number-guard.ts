import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';
import type { NumberMark, NumberState } from './number-state.js';

/** Holds numbered statements to their order: a lower number is refused, and so is the same number with other content. */
export class NumberGuard {
  /** Turns run one after another: between reading the highest number and writing it nobody else may write. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly state: NumberState,
    private readonly rolledBack: Reason,
  ) {}

  /** Runs a turn once all earlier ones have ended. */
  inTurn<T>(turn: () => Promise<T>): Promise<T> {
    const outcome = this.#tail.then(turn);
    this.#tail = outcome.catch(() => undefined);
    return outcome;
  }

  /**
   * Whether a statement is newer than all before; false for the present one over again.
   *
   * Throws `McpsError`: the guard's own reason for an older one and for another one of that number, `status_unavailable` where the mark cannot be read.
   */
  async isNewer(issuer: string, { number, digest }: NumberMark): Promise<boolean> {
    const mark = await guarded(() => this.state.load(issuer));
    if (mark === undefined || number > mark.number) return true;
    if (number < mark.number || digest !== mark.digest) throw new McpsError(this.rolledBack);
    return false;
  }

  /** Remembers a statement. Throws `McpsError` `status_unavailable` where that fails: then it must not be acted upon. */
  async record(issuer: string, { number, digest }: NumberMark): Promise<void> {
    await guarded(() => this.state.save(issuer, { number, digest }));
  }
}

async function guarded<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (error) {
    throw new McpsError('status_unavailable', {}, { cause: error });
  }
}
