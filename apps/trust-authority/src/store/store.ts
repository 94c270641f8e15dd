import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.js';

/** How one replica hears from the database that another has committed something. */
export interface ChangeListener {
  /** Called after each commit of any replica that bore a notice; also when a lost connection has been replaced, as notices may have been missed. */
  readonly onChange: () => void;
  /** Called with false when notices can no longer be relied upon, and with true when they can again. */
  readonly onConnection: (isConnected: boolean) => void;
}

/**
 * A database. Two connections at least stand behind it, so that reading never waits for a commit. Errors are those of the driver; `guarded` makes
 * errors of the authority of them.
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres';
  /** For reading, outside any transaction: each query sees what is committed. Writing through it fails or is not durable. */
  readonly reader: Kysely<Database>;
  /** For migrations. All other writing goes through `transaction`. */
  readonly writer: Kysely<Database>;
  /**
   * Runs `work` in a transaction that is durable once this resolves: it survives the loss of power. SQLite runs one at a time; on PostgreSQL
   * (READ COMMITTED) whoever must not run beside others takes a lock in it. Rejects with what `work` throws, after undoing what it did.
   */
  transaction<T>(work: (transaction: Transaction<Database>) => Promise<T>): Promise<T>;
  /** Sends, with the transaction's commit, a notice to all replicas. Without replicas that could listen it does nothing. */
  notify(transaction: Transaction<Database>): Promise<void>;
  /** Listens for notices until the function it returns is called. Resolves at once, whether or not the database can be reached. */
  listen(listener: ChangeListener): Promise<() => Promise<void>>;
  /** Ends all connections; what is under way is finished first. */
  close(): Promise<void>;
}
