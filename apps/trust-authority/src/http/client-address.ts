import { BlockList, isIP } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a server may hand to the handler beside the request; `@hono/node-server` does. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: Pick<ServerResponse, 'destroy'>;
}

/** The address of whoever sent a request. */
export type ClientAddress = (request: Request, bindings: NodeBindings | undefined) => string | undefined;

/**
 * The address at the other end of the connection; where that is a proxy that is trusted, the last one in `X-Forwarded-For` that is not.
 *
 * @param trustedProxies IP addresses and networks in CIDR notation
 */
export function createClientAddress(trustedProxies: readonly string[] = []): ClientAddress {
  const proxies = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, familyOf(address));
  const hasProxies = trustedProxies.length > 0;

  return (request, bindings) => {
    const peer = bindings?.incoming?.socket.remoteAddress;
    if (!hasProxies || peer === undefined || !isProxy(peer)) return peer;
    const forwarded = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
    // From the right: everything left of the first untrusted address is that client's own word.
    return forwarded.reverse().find((address) => isIP(address) !== 0 && !isProxy(address)) ?? peer;
  };
}

/**
 * What requests of one client are counted under. A host has a whole /64 of IPv6 addresses to choose from, so those are one client; so is an IPv4 address in
 * both its forms.
 */
export function clientKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return address.includes(':') ? `${networkOf(address)}::/64` : address;
}

function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
