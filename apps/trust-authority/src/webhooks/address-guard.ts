import { BlockList, isIP } from 'node:net';

/**
 * Where a request of ours must not go on somebody else's word: IPv4 ranges that the IANA registries of special-purpose and multicast addresses name as not
 * globally reachable, and addresses at which clouds serve their machines.
 */
const FORBIDDEN_IPV4: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network; reaches the machine itself on some systems
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers; one cloud's metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // one cloud's platform address
  ['169.254.0.0', 16], // link-local; most clouds' metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; one cloud's metadata
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** IPv6 is the other way about: only global unicast is reachable at all ... */
const REACHABLE_IPV6: readonly (readonly [address: string, prefix: number])[] = [['2000::', 3]];

/** ... but for these, some of which carry an IPv4 address inside. */
const FORBIDDEN_IPV6: readonly (readonly [address: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
];

const forbiddenV4 = listOf(FORBIDDEN_IPV4, 'ipv4');
const reachableV6 = listOf(REACHABLE_IPV6, 'ipv6');
const forbiddenV6 = listOf(FORBIDDEN_IPV6, 'ipv6');

function listOf(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family);
  return list;
}

/** Says of an address whether requests may go there. */
export interface AddressGuard {
  /** Anything but an IP address is never permitted. */
  isPermitted(address: string): boolean;
  /** Whether an operator has named the address, or a network that it is in. */
  isAllowListed(address: string): boolean;
}

/**
 * Permits public addresses, and whatever the allow-list names: IP addresses and networks in CIDR notation, such as `127.0.0.0/8` or `fd00::/8`.
 *
 * Throws `RangeError` for an entry that is neither.
 */
export function createAddressGuard(allowList: readonly string[] = []): AddressGuard {
  const allowed = new BlockList();
  for (const entry of allowList) addEntry(allowed, entry);
  const isAllowListed = (address: string) => {
    const family = familyOf(address);
    // An IPv4 address in IPv6 form passes for IPv4 in the runtime's lists. It is let through under its own name only.
    return family !== undefined && !isMapped(address) && allowed.check(address, family);
  };
  return {
    isAllowListed,
    isPermitted: (address) => isPublic(address) || isAllowListed(address),
  };
}

/** Whether an entry of an allow-list is an IP address or a network in CIDR notation. */
export function isAllowListEntry(entry: string): boolean {
  try {
    addEntry(new BlockList(), entry);
    return true;
  } catch {
    return false;
  }
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = familyOf(address);
  const bits = prefix === undefined ? undefined : Number(prefix);
  const most = family === 'ipv4' ? 32 : 128;
  if (
    family === undefined ||
    rest.length > 0 ||
    (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) ||
    (bits !== undefined && bits > most)
  ) {
    throw new RangeError('An entry of the allow-list is an IP address, or a network such as 10.0.0.0/8.');
  }
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, bits, family);
}

function isPublic(address: string): boolean {
  switch (familyOf(address)) {
    case 'ipv4':
      return !forbiddenV4.check(address, 'ipv4');
    case 'ipv6':
      return reachableV6.check(address, 'ipv6') && !forbiddenV6.check(address, 'ipv6');
    case undefined:
      return false;
  }
}

function isMapped(address: string): boolean {
  return familyOf(address) === 'ipv6' && mapped.check(address, 'ipv6');
}

const mapped = listOf([['::ffff:0:0', 96]], 'ipv6');

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  // A scope (fe80::1%eth0) names an interface of this machine.
  if (address.includes('%')) return undefined;
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
