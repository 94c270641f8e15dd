import { importPublicKey, parseJson } from '@mcps/crypto';
import { parsePassport } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import { guarded } from '../store/open-store.js';
import type { AuthorityKeysTable } from '../store/access-tables.js';
import type { Store } from '../store/store.js';
import type { KeyPurpose, PublishedKey } from './key-ring.js';

/** A key as it is recorded. */
export interface KeyRecord extends PublishedKey {
  readonly generation: number;
  readonly passport?: Passport;
}

/** Reads all keys there have been, by purpose and generation. */
export async function readKeyRecords(store: Store): Promise<readonly KeyRecord[]> {
  const rows = await guarded(() =>
    store.reader.selectFrom('authority_keys').selectAll().orderBy('purpose').orderBy('generation').execute(),
  );
  return Promise.all(rows.map(recordOf));
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
    ...(row.not_after === null ? {} : { notAfterMs: row.not_after }),
    ...(row.passport === null ? {} : { passport: parsePassport(row.passport).passport }),
  };
}

/** Records new keys, and until when those before them count; all together or not at all. Rejects where another replica was first. */
export async function writeKeyRecords(
  store: Store,
  records: readonly KeyRecord[],
  ending: readonly { readonly name: string; readonly notAfterMs: number }[] = [],
): Promise<void> {
  await guarded(() =>
    store.transaction(async (transaction) => {
      for (const { name, notAfterMs } of ending) {
        await transaction
          .updateTable('authority_keys')
          .set({ not_after: notAfterMs })
          .where('name', '=', name)
          .execute();
      }
      await transaction
        .insertInto('authority_keys')
        .values(
          records.map((record) => ({
            name: record.name,
            purpose: record.purpose,
            generation: record.generation,
            jwk: JSON.stringify(record.jwk),
            not_before: record.notBeforeMs,
            not_after: record.notAfterMs ?? null,
            passport: record.passport === undefined ? null : JSON.stringify(record.passport),
          })),
        )
        .execute();
    }),
  );
}
