import type { SecureOptions } from '../options/options.js';
import { secureConnect } from './secured-objects.js';
import type { Connectable } from './secured-objects.js';

/** The high-level server of the SDK: it connects through a low-level one. */
interface HighLevelServer extends Connectable {
  readonly server: Connectable;
}

/**
 * Secures a server of the official SDK, a `Server` or an `McpServer`: from now on every transport that it is connected to verifies callers and signs
 * answers. Returns the very object that it was given. Tool handlers get the verified caller with `callerIdentity(extra)`.
 *
 * Reconnecting works as before, with each new transport. With a server object for each request, as stateless HTTP needs, give all of them the same
 * options object, so that they share keys and the memory of nonces.
 *
 * @throws ConfigurationError `already_secured` for a server that is secured already, `already_connected` for one that is connected; `option_invalid`
 *   for an object without a `connect`, `option_missing` without options. Mistakes in keys, passport and anchors surface from `connect`.
 */
export function secureMCP<T extends Connectable>(server: T, options: SecureOptions): T {
  // Whoever connects the low-level server of an McpServer directly must not get past us.
  secureConnect(isHighLevel(server) ? server.server : server, 'server', options);
  return server;
}

function isHighLevel(server: Connectable): server is HighLevelServer {
  const inner: unknown = Reflect.get(server, 'server');
  return typeof inner === 'object' && inner !== null && typeof Reflect.get(inner, 'connect') === 'function';
}
