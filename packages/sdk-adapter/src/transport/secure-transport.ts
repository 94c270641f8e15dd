import { ConfigurationError } from '@mcps/protocol';
import type { PeerRole } from '@mcps/protocol';
import { refuseEventStore } from './event-store.js';
import type { ForwardedMember } from './forwarded-members.js';
import type { SecureOptions, SecureTransportOptions } from '../options/options.js';
import { SecuredTransport } from './secured-transport.js';
import type { Carriers } from '../options/carriers.js';
import type { TransportLike } from './transport-like.js';

/** A secured transport, with those further members of the one below that the SDK or the application may call. */
export type Secured<T extends TransportLike> = SecuredTransport & Pick<T, Extract<keyof T, ForwardedMember>>;

/** Known across copies of this module: an application may load it both as ESM and as CommonJS. */
const SECURED = Symbol.for('dev.mcps/secured-transport');

/** Transports that have a decorator at the moment. */
const decorated = new WeakSet();

/**
 * Decorates a transport of the official SDK so that everything sent through it is signed and only what has been verified is delivered.
 *
 * The result is a transport: hand it to `connect` in place of the one given. Options that are the same object share their keys and stores, so make one
 * options object for each role and use it for every transport. Resolution is asynchronous: mistakes in keys, passport or anchors surface from
 * `start()`, and so from `connect()`, as `ConfigurationError`.
 *
 * @throws ConfigurationError `already_secured` for a transport that is, or has, a decorator; `transport_unsupported` for one with an event store;
 *   `option_invalid` for a queue size that is no positive integer.
 */
export function secureTransport<T extends TransportLike>(transport: T, options: SecureTransportOptions): Secured<T> {
  return decorate(transport, options.role, options);
}

/**
 * The secured transport that a client or a low-level server is connected through, with its `peer`; `undefined` where it is not connected, or not
 * secured.
 */
export function securedTransportOf(connected: {
  readonly transport?: TransportLike | undefined;
}): SecuredTransport | undefined {
  const { transport } = connected;
  return transport !== undefined && isSecured(transport) ? transport : undefined;
}

/** By its mark, not by its class: another copy of this module has a class of its own. */
function isSecured(transport: TransportLike): transport is SecuredTransport {
  return SECURED in transport;
}

/** As {@link secureTransport}, with the role given apart from the options object, whose identity decides what is shared. */
export function decorate<T extends TransportLike>(
  transport: T,
  role: PeerRole,
  options: SecureOptions,
  carriers?: Carriers,
): Secured<T> {
  if (isSecured(transport) || decorated.has(transport)) {
    throw new ConfigurationError('already_secured', 'This transport is secured already: a message has one signature.');
  }
  refuseEventStore(transport);
  const secured = new SecuredTransport(transport, role, options, () => decorated.delete(transport), carriers);
  Object.defineProperty(secured, SECURED, { value: true });
  decorated.add(transport);
  // The forwarded members were added by name at construction; only the compiler cannot see them.
  return secured as Secured<T>;
}
