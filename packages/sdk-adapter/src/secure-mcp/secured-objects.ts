import { ConfigurationError } from '@mcps/protocol';
import type { PeerRole } from '@mcps/protocol';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { SecureOptions } from '../transport/options.js';
import { decorate } from '../transport/secure-transport.js';

/** What is asked of an object of the SDK that can be secured. */
export interface Connectable {
  connect(transport: Transport, ...rest: never[]): Promise<void>;
}

/** Known across copies of this module: an application may load it both as ESM and as CommonJS. */
const SECURED = Symbol.for('dev.mcps/secured-connect');

/**
 * Makes `connect` secure every transport before it is used. Works on the object itself, so that everybody who holds it is secured.
 *
 * @throws ConfigurationError `already_secured` for an object whose `connect` is secured; `option_invalid` for one without a `connect`.
 */
export function secureConnect(target: Connectable, role: PeerRole, options: SecureOptions): void {
  if (typeof target.connect !== 'function') {
    throw new ConfigurationError(
      'option_invalid',
      `Only an object of the official SDK with a connect method can be secured as a ${role}.`,
    );
  }
  if (SECURED in target) {
    throw new ConfigurationError('already_secured', `This ${role} is secured already: a message has one signature.`);
  }
  const connect = target.connect.bind(target);
  Object.defineProperty(target, 'connect', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: async (transport: Transport, ...rest: never[]) => connect(decorate(transport, role, options), ...rest),
  });
  Object.defineProperty(target, SECURED, { value: true });
}
