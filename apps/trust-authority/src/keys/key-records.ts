import { importPublicKey, parseJson } from '@mcps/crypto';
import { parsePassport } from '@mcps/protocol';
import type { KeySet, Passport } from '@mcps/protocol';
import { guarded } from '../store/open-store.js';
import type { AuthorityKeysTable } from '../store/access-tables.js';
import type { Store } from '../store/store.js';
import type { KeyPurpose, PublishedKey } from './key-ring.js';

/** A key as it is recorded. */
export interface KeyRecord extends PublishedKey {
  readonly generation: number;
  readonly passport?: Passport;
}

/** What is recorded of the keys at one moment. */
export interface RecordedKeys {
  /** All there have been, by purpose and generation. */
  readonly records: readonly KeyRecord[];
  /** The present key set. Absent before the first one. */
  readonly keySet?: KeySet;
  /** The era that the authority is in. */
  readonly era: number;
}

/** What is to be recorded: all of it, or nothing. */
export interface KeyChange {
  /** New keys. */
  readonly records: readonly KeyRecord[];
  /** Until when keys before them count. */
  readonly ending: readonly { readonly name: string; readonly notAfterMs: number }[];
  /** The key set that names them, and the number of the one that it follows on. */
  readonly keySet: KeySet;
  readonly previousNumber: number;
}

export async function readKeys(store: Store): Promise<RecordedKeys> {
  return guarded(async () => {
    // The key set before the keys: whoever writes meanwhile makes this one an old one, on which no other can follow.
    const set = await store.reader
      .selectFrom('key_sets')
      .select('body')
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    const state = await store.reader.selectFrom('authority_state').select('era').where('id', '=', 1).executeTakeFirst();
    const rows = await store.reader
      .selectFrom('authority_keys')
      .selectAll()
      .orderBy('purpose')
      .orderBy('generation')
      .execute();
    return {
      records: await Promise.all(rows.map(recordOf)),
      ...(set === undefined ? {} : { keySet: parseJson(set.body) as object as KeySet }),
      era: state?.era ?? 1,
    };
  });
}

async function recordOf(row: AuthorityKeysTable): Promise<KeyRecord> {
  const key = await importPublicKey(parseJson(row.jwk) as object);
  return {
    name: row.name,
    purpose: row.purpose as 'root' | KeyPurpose,
    generation: row.generation,
    jwk: key.jwk,
    thumbprint: key.thumbprint,
    notBeforeMs: row.not_before,
    signsFromMs: row.signs_from ?? row.not_before,
    ...(row.not_after === null ? {} : { notAfterMs: row.not_after }),
    ...(row.passport === null ? {} : { passport: parsePassport(row.passport).passport }),
  };
}

/** Records a change of the keys. Rejects where another replica was first. */
export async function writeKeys(store: Store, { records, ending, keySet, previousNumber }: KeyChange): Promise<void> {
  const rows = records.map((record) => ({
    name: record.name,
    purpose: record.purpose,
    generation: record.generation,
    jwk: JSON.stringify(record.jwk),
    not_before: record.notBeforeMs,
    not_after: record.notAfterMs ?? null,
    passport: record.passport === undefined ? null : JSON.stringify(record.passport),
    signs_from: record.signsFromMs,
  }));
  await guarded(() =>
    store.transaction(async (transaction) => {
      await transaction
        .insertInto('key_sets')
        .values({ number: keySet.number, previous: previousNumber, body: JSON.stringify(keySet) })
        .execute();
      for (const { name, notAfterMs } of ending) {
        await transaction
          .updateTable('authority_keys')
          .set({ not_after: notAfterMs })
          .where('name', '=', name)
          .execute();
      }
      if (rows.length > 0) await transaction.insertInto('authority_keys').values(rows).execute();
    }),
  );
}
