import type { Refusal } from '../world/bank.js';
import { World } from '../world/world.js';
import type { Attack, Damage } from './attack.js';

/** One attack, measured: with MCPS and without. */
export interface AttackReport {
  readonly id: string;
  readonly title: string;
  readonly expected: Attack['expected'];
  /** The attack failed, and the expected check fired. */
  readonly refused: boolean;
  /** The check that fired: the expected one where it did, otherwise the first. */
  readonly check: Refusal | undefined;
  readonly secured: Damage;
  readonly plain: Damage;
}

/** Makes a world for a run, with MCPS or without. */
export type CreateWorld = (secured: boolean) => Promise<World>;

/** Runs an attack through MCPS, then through plain MCP for comparison. */
export async function runAttack(
  attack: Attack,
  createWorld: CreateWorld = (secured) => World.create(secured),
): Promise<AttackReport> {
  const { damage: secured, refusals } = await runIn(await createWorld(true), attack);
  const { damage: plain } = await runIn(await createWorld(false), attack);
  const { id, title, expected } = attack;
  const fired = refusals.find(({ code, reason }) => code === expected.code && reason === expected.reason);
  return {
    id,
    title,
    expected,
    refused: !secured.succeeded && fired !== undefined,
    check: fired ?? refusals[0],
    secured,
    plain,
  };
}

async function runIn(world: World, attack: Attack): Promise<{ damage: Damage; refusals: readonly Refusal[] }> {
  try {
    const damage = await attack.run(world);
    return { damage, refusals: [...world.refusals] };
  } finally {
    await world.close();
  }
}
