import type { Settings } from './budget.js';

const THOROUGH: Settings = { quick: false, plan: { warmUpMs: 400, sliceMs: 10, rounds: 81 }, pressureSampleMs: 2000 };
const QUICK: Settings = { quick: true, plan: { warmUpMs: 20, sliceMs: 4, rounds: 7 }, pressureSampleMs: 100 };

/** What a run does; `quick` only shows that everything works, and about how fast. */
export function settingsOf(quick: boolean): Settings {
  return quick ? QUICK : THOROUGH;
}
