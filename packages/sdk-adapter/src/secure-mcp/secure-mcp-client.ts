import type { SecureOptions } from '../options/options.js';
import { secureConnect } from './secured-objects.js';
import type { Connectable } from './secured-objects.js';

/**
 * Secures a `Client` of the official SDK: from now on every transport that it is connected to signs what it sends and verifies what comes back.
 * Returns the very object that it was given; `securedTransportOf(client)?.peer` tells who the server is.
 *
 * @throws ConfigurationError `already_secured` for a client that is secured already, `already_connected` for one that is connected; `option_invalid`
 *   for an object without a `connect`, `option_missing` without options. Mistakes in keys, passport and anchors surface from `connect`.
 */
export function secureMCPClient<T extends Connectable>(client: T, options: SecureOptions): T {
  secureConnect(client, 'client', options);
  return client;
}
