import { AuthorityError } from '../error.js';
import { openPostgresStore } from './postgres/open.js';
import type { PostgresStoreOptions } from './postgres/open.js';
import { openSqliteStore } from './sqlite/open.js';
import type { Store } from './store.js';

/**
 * Opens the database that a text names: a `postgres://` or `postgresql://` URL, or else the path of the embedded database's file. Its tables are not
 * there yet: see `migrate`. A server that is away is noticed when it is needed.
 */
export async function openStore(location: string, options: Omit<PostgresStoreOptions, 'url'> = {}): Promise<Store> {
  return /^postgres(?:ql)?:\/\//.test(location)
    ? openPostgresStore({ ...options, url: location })
    : await openSqliteStore(location);
}

/** Rejects as the authority does: what the database's driver rejects with becomes `store_unavailable`, and keeps its cause. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthorityError) throw error;
    throw new AuthorityError('store_unavailable', 'The database does not answer, or not as expected.', {
      cause: error,
    });
  }
}
