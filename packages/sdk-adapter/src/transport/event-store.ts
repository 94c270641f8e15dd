import { ConfigurationError } from '@mcps/protocol';

/**
 * Refuses a transport that stores events for resumption. Stored events would be replayed with the nonce and time of their first delivery, and the SDK's
 * client rewrites the id of a replayed answer: neither would verify. The official transports keep the store in a private field, so the look is
 * defensive: own fields only, on the transport and on the web-standard one that the Node transport wraps.
 *
 * @throws ConfigurationError `transport_unsupported`
 */
export function refuseEventStore(transport: object): void {
  if (storesEvents(transport) || storesEvents(ownField(transport, '_webStandardTransport'))) {
    throw new ConfigurationError(
      'transport_unsupported',
      'This transport has an event store. Events replayed from a store cannot be verified below it: leave eventStore out, or secure the HTTP handler instead of the transport.',
    );
  }
}

function storesEvents(transport: unknown): boolean {
  const store = ownField(transport, '_eventStore');
  return store !== undefined && store !== null;
}

function ownField(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  return Object.getOwnPropertyDescriptor(holder, name)?.value as unknown;
}
