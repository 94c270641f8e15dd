import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';
import type { NumberMark, NumberState } from './number-state.js';
import { accessState } from './turns.js';

/** Holds numbered statements to their order: a lower number is refused, and so is the same number with other content. Ask it in turns. */
export class NumberGuard {
  constructor(
    private readonly state: NumberState,
    private readonly rolledBack: Reason,
  ) {}

  /**
   * Whether a statement is newer than all before; false for the present one over again.
   *
   * Throws `McpsError`: the guard's own reason for an older one and for another one of that number, `status_unavailable` where the mark cannot be read.
   */
  async isNewer(issuer: string, { number, digest }: NumberMark): Promise<boolean> {
    const mark = await accessState(() => this.state.load(issuer));
    if (mark === undefined || number > mark.number) return true;
    if (number < mark.number || digest !== mark.digest) throw new McpsError(this.rolledBack);
    return false;
  }

  /** Remembers a statement, before it is acted upon. Throws `McpsError` `status_unavailable`. */
  async record(issuer: string, { number, digest }: NumberMark): Promise<void> {
    await accessState(() => this.state.save(issuer, { number, digest }));
  }
}
