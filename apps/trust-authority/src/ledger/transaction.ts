import type { Kysely, Transaction } from 'kysely';
import { AuthorityError } from '../error.js';
import { TreeEdge, peaksOf } from '../log/tree.js';
import { readNodes } from '../log/nodes.js';
import { MAX_IDS, findPassports } from '../store/repository.js';
import type { PassportRow } from '../store/repository.js';
import type { AuthorityStateTable, Database } from '../store/schema.js';
import type { Store } from '../store/store.js';
import type { BatchOutput, UsedChallenge } from './batch.js';
import type { LedgerState } from './state.js';

/** How many rows one statement inserts at most: SQLite binds at most 32,766 values. */
const MAX_ROWS = 1_000;

/** Reads where the authority stands and, within a transaction, keeps all other writers out until it ends. */
export async function lockState(store: Store, transaction: Transaction<Database>): Promise<LedgerState> {
  const query = selectState(transaction);
  // SQLite has locked the whole file by now, and knows no such words.
  return toState(await (store.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst());
}

export async function readState(store: Store): Promise<LedgerState> {
  return toState(await selectState(store.reader).executeTakeFirst());
}

function selectState(db: Store['reader']) {
  return db
    .selectFrom('authority_state')
    .select(['era', 'epoch', 'tree_size', 'root_hash', 'list_number'])
    .where('id', '=', 1);
}

function toState(
  row: Pick<AuthorityStateTable, 'era' | 'epoch' | 'tree_size' | 'root_hash' | 'list_number'> | undefined,
): LedgerState {
  if (row === undefined) throw new AuthorityError('state_rolled_back', 'The database has lost its state.');
  const { era, epoch, tree_size: treeSize, root_hash: rootHash, list_number: listNumber } = row;
  return { era, epoch, treeSize, rootHash, listNumber };
}

/** The right edge of the log. Rejects where its root is not the recorded one: such a log is damaged. */
export async function readEdge(
  db: Kysely<Database>,
  { treeSize, rootHash }: Pick<LedgerState, 'treeSize' | 'rootHash'>,
): Promise<TreeEdge> {
  const edge = await readEdgeAt(db, treeSize);
  if (edge.rootHash !== rootHash) throw new Error('The log in the database is damaged: its root is another one');
  return edge;
}

/** The right edge that the log had when it was of that size. */
export async function readEdgeAt(db: Kysely<Database>, treeSize: number): Promise<TreeEdge> {
  return new TreeEdge(treeSize, await readNodes(db, peaksOf(treeSize)));
}

/** Remembers challenges as used, and returns those that had not been. */
export async function useChallenges(
  transaction: Transaction<Database>,
  challenges: readonly UsedChallenge[],
): Promise<Set<string>> {
  const fresh = new Set<string>();
  for (const part of parts(unique(challenges), MAX_ROWS)) {
    const inserted = await transaction
      .insertInto('used_challenges')
      .values(part.map(({ challenge, expiresAtMs }) => ({ challenge, expires_at: expiresAtMs })))
      .onConflict((conflict) => conflict.column('challenge').doNothing())
      .returning('challenge')
      .execute();
    for (const { challenge } of inserted) fresh.add(challenge);
  }
  return fresh;
}

export async function readPassports(
  transaction: Transaction<Database>,
  ids: readonly string[],
): Promise<PassportRow[]> {
  const rows: PassportRow[] = [];
  for (const part of parts([...new Set(ids)], MAX_IDS)) rows.push(...(await findPassports(transaction, part)));
  return rows;
}

/** Writes what a batch has come to. */
export async function writeBatch(
  store: Store,
  transaction: Transaction<Database>,
  { state, leaves, nodes, passports, revocations, superseded }: BatchOutput,
): Promise<void> {
  for (const part of parts(leaves, MAX_ROWS)) await transaction.insertInto('log_leaves').values(part).execute();
  for (const part of parts(nodes, MAX_ROWS)) await transaction.insertInto('log_nodes').values(part).execute();
  for (const part of parts(passports, MAX_ROWS)) await transaction.insertInto('passports').values(part).execute();
  for (const part of parts(revocations, MAX_ROWS)) await transaction.insertInto('revocations').values(part).execute();
  for (const { id, by, atMs } of superseded) {
    await transaction
      .updateTable('passports')
      .set({ superseded_by: by, superseded_at: atMs })
      .where('id', '=', id)
      .execute();
  }
  await transaction
    .updateTable('authority_state')
    .set({
      epoch: state.epoch,
      tree_size: state.treeSize,
      root_hash: state.rootHash,
      list_number: state.listNumber,
    })
    .where('id', '=', 1)
    .execute();
  if (revocations.length > 0) await store.notify(transaction);
}

function unique(challenges: readonly UsedChallenge[]): UsedChallenge[] {
  return [...new Map(challenges.map((one) => [one.challenge, one])).values()];
}

function* parts<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
