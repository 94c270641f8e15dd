import type { Kysely } from 'kysely';
import type { Database } from '../store/schema.js';

export interface NodePlace {
  readonly level: number;
  readonly idx: number;
}

/** The hashes of nodes of the log, in the order asked for. Those of level 0 are the leaves'. Rejects where one is missing: such a log is damaged. */
export async function readNodes(db: Kysely<Database>, places: readonly NodePlace[]): Promise<string[]> {
  if (places.length === 0) return [];
  const leaves = places.filter(({ level }) => level === 0).map(({ idx }) => idx);
  const inner = places.filter(({ level }) => level > 0);
  const found = new Map<string, string>();
  if (leaves.length > 0) {
    const rows = await db.selectFrom('log_leaves').select(['idx', 'hash']).where('idx', 'in', leaves).execute();
    for (const { idx, hash } of rows) found.set(`0:${idx}`, hash);
  }
  if (inner.length > 0) {
    const rows = await db
      .selectFrom('log_nodes')
      .select(['level', 'idx', 'hash'])
      .where((where) => where.or(inner.map(({ level, idx }) => where.and({ level, idx }))))
      .execute();
    for (const { level, idx, hash } of rows) found.set(`${level}:${idx}`, hash);
  }
  return places.map(({ level, idx }) => {
    const hash = found.get(`${level}:${idx}`);
    if (hash === undefined) throw new Error(`The log lacks its node ${level}:${idx}`);
    return hash;
  });
}
