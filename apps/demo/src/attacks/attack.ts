import type { World } from '../world/world.js';

/** What an attack has led to. */
export interface Damage {
  /** Whether the attacker got what it wanted. */
  readonly succeeded: boolean;
  /** What happened, in a few words. */
  readonly effect: string;
}

/** One attack, run once through MCPS and once through plain MCP. */
export interface Attack {
  /** Stable name for programs. */
  readonly id: string;
  readonly title: string;
  /** The check that has to fire. */
  readonly expected: { readonly code: string; readonly reason: string };
  run(world: World): Promise<Damage>;
}
