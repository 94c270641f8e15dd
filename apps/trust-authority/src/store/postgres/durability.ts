import { CompiledQuery } from 'kysely';
import type { DatabaseConnection } from 'kysely';

/** Values of `synchronous_commit` that leave the loss of an acknowledged commit possible when the server itself loses power. */
const TOO_WEAK = new Set(['off']);

/**
 * Makes sure that what this connection commits is on disk when the server says so: refuses a server that does not sync at all (`fsync = off`) or cannot
 * repair pages torn by a crash (`full_page_writes = off`), and raises a `synchronous_commit` of `off` to `on` for the connection. Stronger settings,
 * which wait for standbys, stay as they are.
 *
 * Throws `Error` with what to change.
 */
export async function checkDurability(connection: DatabaseConnection): Promise<void> {
  const { rows } = await connection.executeQuery<Record<string, string>>(
    CompiledQuery.raw(
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
        current_setting('synchronous_commit') as synchronous_commit`,
    ),
  );
  const settings = rows[0] ?? {};
  for (const name of ['fsync', 'full_page_writes']) {
    if (settings[name] !== 'on') {
      throw new Error(
        `PostgreSQL runs with ${name} = ${String(settings[name])}: what it confirms may be lost. Set it to on.`,
      );
    }
  }
  if (TOO_WEAK.has(settings['synchronous_commit'] ?? '')) {
    await connection.executeQuery(CompiledQuery.raw('set synchronous_commit to on'));
  }
}
