import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.js';

/** A passport and, where there is one, its revocation. */
export interface PassportRow {
  readonly leaf_index: number;
  readonly id: string;
  readonly digest: string;
  readonly name: string;
  readonly version: string;
  readonly key_thumbprint: string;
  readonly body: string;
  readonly issuer_id: string | null;
  readonly status_index: number | null;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly supersedes: string | null;
  readonly superseded_by: string | null;
  readonly superseded_at: number | null;
  readonly revocation_epoch: number | null;
  readonly revocation_reason: string | null;
  readonly revoked_at: number | null;
  readonly revocation_leaf: number | null;
}

/** Passports with their revocations: what every query about passports starts from. */
export function selectPassports(db: Kysely<Database> | Transaction<Database>) {
  return db
    .selectFrom('passports as p')
    .leftJoin('revocations as r', 'r.passport_id', 'p.id')
    .select([
      'p.leaf_index',
      'p.id',
      'p.digest',
      'p.name',
      'p.version',
      'p.key_thumbprint',
      'p.body',
      'p.issuer_id',
      'p.status_index',
      'p.issued_at',
      'p.expires_at',
      'p.supersedes',
      'p.superseded_by',
      'p.superseded_at',
      'r.epoch as revocation_epoch',
      'r.reason as revocation_reason',
      'r.revoked_at',
      'r.leaf_index as revocation_leaf',
    ]);
}

/** The most values of one `in (…)`. */
export const MAX_IDS = 500;

/** Those of the passports that there are, in no order. At most {@link MAX_IDS} ids. */
export function findPassports(
  db: Kysely<Database> | Transaction<Database>,
  ids: readonly string[],
): Promise<PassportRow[]> {
  return selectPassports(db).where('p.id', 'in', ids).execute();
}
