import type { Reason } from '@mcps/protocol';

/** More tools than any server lists; beyond, what a server says of a tool can no longer be remembered. */
const CAPACITY = 10_000;

/** What listing a tool has led to: it was verified, it carries no signature and none is required, or why it failed. */
export type Verdict = 'verified' | 'unsigned' | Reason;

/** The latest verdict on each tool of one connection. Once full, tools that are not in it may not be called. */
export class ToolVerdicts {
  readonly #verdicts = new Map<string, Verdict>();
  #overflown = false;

  set(name: string, verdict: Verdict): void {
    if (this.#verdicts.size >= CAPACITY && !this.#verdicts.has(name)) this.#overflown = true;
    else this.#verdicts.set(name, verdict);
  }

  /** Why a tool may not be called, or `undefined` where it may. */
  objection(name: string, requireVerified: boolean): Reason | undefined {
    const verdict = this.#verdicts.get(name);
    if (verdict === undefined) return requireVerified || this.#overflown ? 'tool_not_verified' : undefined;
    if (verdict === 'verified') return undefined;
    if (verdict === 'unsigned') return requireVerified ? 'tool_not_verified' : undefined;
    return verdict;
  }
}
