import type { ServerConnection } from './server-connection.js';

/** A connection for the time of one request. */
export interface Lease {
  readonly connection: ServerConnection;
  /** The request may begin a session of this connection. */
  readonly begins: boolean;
  /** Keeps the connection as that of a session. */
  readonly keepAs: (sessionId: string) => void;
  /** To be called once the response is over, or there is none. More than once does no harm. */
  readonly done: () => void;
}
