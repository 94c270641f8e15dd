/**
 * - `not_connected`: the client has no connection; nothing was sent.
 * - `timed_out`: no reply in time. The command may still be carried out.
 * - `overloaded`: too many commands await their reply; nothing was sent.
 * - `command_failed`: the server or the client refused; see `cause`.
 * - `reply_malformed`: the reply is none that the script makes.
 * - `eviction_policy`: the server would forget live nonces to make room. Set `maxmemory-policy noeviction`.
 */
export type RedisStoreErrorCode =
  'not_connected' | 'timed_out' | 'overloaded' | 'command_failed' | 'reply_malformed' | 'eviction_policy';

/** A store on Redis cannot answer. Whoever asked refuses what it asked for. */
export class RedisStoreError extends Error {
  override readonly name = 'RedisStoreError';

  constructor(
    readonly code: RedisStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function malformedReply(): RedisStoreError {
  return new RedisStoreError('reply_malformed', 'Redis replied with something else than the script does.');
}
