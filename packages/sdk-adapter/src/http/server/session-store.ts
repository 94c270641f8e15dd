import type { Clock } from '@mcps/protocol';
import type { ServerConnection } from './server-connection.js';

interface Entry {
  readonly connection: ServerConnection;
  usedAtMs: number;
  /** Requests that are being answered. */
  users: number;
}

/**
 * The connections of sessions, by `Mcp-Session-Id`: bounded in number, and each forgotten when nobody has used it for long. No session makes room for another:
 * whoever could open many would otherwise end those of others.
 */
export class SessionStore {
  /** In the order of their last use, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  #reserved = 0;

  constructor(
    private readonly maxSessions: number,
    private readonly idleMs: number,
    private readonly clock: Clock,
  ) {}

  /** Keeps a place for a session that is about to begin; `false` where there is none. Balanced by {@link release}. */
  reserve(): boolean {
    this.#forgetIdle();
    if (this.#entries.size + this.#reserved >= this.maxSessions) return false;
    this.#reserved += 1;
    return true;
  }

  release(): void {
    this.#reserved -= 1;
  }

  /** @param id fresh, from the application below: a session that already has it is over. */
  set(id: string, connection: ServerConnection): void {
    this.delete(id);
    this.#entries.set(id, { connection, usedAtMs: this.clock(), users: 0 });
    connection.onClosed(() => {
      if (this.#entries.get(id)?.connection === connection) this.#entries.delete(id);
    });
  }

  /** The connection of a session, kept until what is returned with it has been called; `undefined` where nobody knows the id. */
  use(id: string): { readonly connection: ServerConnection; readonly done: () => void } | undefined {
    this.#forgetIdle();
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#touch(id, entry);
    entry.users += 1;
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      entry.users -= 1;
      if (this.#entries.get(id) === entry) this.#touch(id, entry);
    };
    return { connection: entry.connection, done };
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.connection.close();
  }

  clear(): void {
    for (const id of [...this.#entries.keys()]) this.delete(id);
  }

  #touch(id: string, entry: Entry): void {
    entry.usedAtMs = this.clock();
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }

  #forgetIdle(): void {
    const before = this.clock() - this.idleMs;
    for (const [id, entry] of this.#entries) {
      if (entry.usedAtMs > before) break;
      if (entry.users > 0) this.#touch(id, entry);
      else this.delete(id);
    }
  }
}
