import { ConfigurationError } from '@mcps/protocol';
import type { PeerRole } from '@mcps/protocol';
import type { SecureOptions } from '../options/options.js';
import { decorate } from '../transport/secure-transport.js';
import type { TransportLike } from '../transport/transport-like.js';

/** What is asked of an object of the SDK that can be secured. */
export interface Connectable {
  connect(transport: TransportLike, ...rest: never[]): Promise<void>;
  /** Where it is connected. */
  readonly transport?: TransportLike | undefined;
}

/** Known across copies of this module: an application may load it both as ESM and as CommonJS. */
const SECURED = Symbol.for('dev.mcps/secured-connect');

/**
 * Makes `connect` secure every transport before it is used. Works on the object itself, so that everybody who holds it is secured.
 *
 * @throws ConfigurationError `option_missing` without options; `option_invalid` for an object without a `connect`; `already_secured` for one whose
 *   `connect` is secured; `already_connected` for one that has a connection, which would go on without security.
 */
export function secureConnect(target: Connectable, role: PeerRole, options: SecureOptions): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new ConfigurationError(
      'option_missing',
      `The options are missing: a ${role} needs a \`passport\`, its \`privateKey\`, and \`trustAnchors\` or a \`trustAuthority\`.`,
    );
  }
  if (typeof target.connect !== 'function') {
    throw new ConfigurationError(
      'option_invalid',
      `Only an object of the official SDK with a connect method can be secured as a ${role}.`,
    );
  }
  if (SECURED in target) {
    throw new ConfigurationError('already_secured', `This ${role} is secured already: a message has one signature.`);
  }
  if (target.transport !== undefined) {
    throw new ConfigurationError(
      'already_connected',
      `This ${role} is connected already, without security: secure it before it connects.`,
    );
  }
  const connect = target.connect.bind(target);
  Object.defineProperty(target, 'connect', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: async (transport: TransportLike, ...rest: never[]) => connect(decorate(transport, role, options), ...rest),
  });
  Object.defineProperty(target, SECURED, { value: true });
}
