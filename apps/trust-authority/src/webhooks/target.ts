import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.js';

/** Why a delivery cannot be made to a URL, out of a closed list. */
export type TargetFault = 'url_invalid' | 'url_insecure' | 'address_forbidden' | 'name_unresolved';

/** A URL that nothing is to be sent to. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: TargetFault;

  constructor(code: TargetFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** A place to connect to that has been checked: the address, never again the name. */
export interface CheckedTarget {
  readonly url: URL;
  readonly address: string;
}

const MAX_URL_LENGTH = 2048;

/**
 * Reads the URL of a webhook: absolute, `https:` or `http:`, without user name, password and fragment, at most 2048 characters.
 *
 * Throws `TargetError` `url_invalid`.
 */
export function parseTargetUrl(text: string): URL {
  if (text.length > MAX_URL_LENGTH) throw new TargetError('url_invalid', 'The URL is too long.');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TargetError('url_invalid', 'The URL is not an absolute one with https.');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TargetError('url_invalid', 'The URL has a user name, a password or a fragment.');
  }
  return url;
}

/**
 * Resolves where a URL leads and checks every address that its name has. Plain `http:` goes to addresses on the allow-list only. The result is to be
 * connected to as it stands: resolving the name once more could give another answer.
 *
 * Throws `TargetError`.
 */
export async function checkTarget(url: URL, guard: AddressGuard, resolve: Resolve): Promise<CheckedTarget> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(hostname) === 0 ? await addressesOf(hostname, resolve) : [hostname];
  const [address] = addresses;
  if (address === undefined) throw new TargetError('name_unresolved', 'The host name has no address.');
  // All of them, not just one: a name with a public and a private address is a try to get at the private one.
  if (!addresses.every((candidate) => guard.isPermitted(candidate))) {
    throw new TargetError(
      'address_forbidden',
      'The URL leads to an address that is not public; an operator can put it on the allow-list.',
    );
  }
  if (url.protocol === 'http:' && !addresses.every((candidate) => guard.isAllowListed(candidate))) {
    throw new TargetError('url_insecure', 'Plain http is for addresses on the allow-list only: use https.');
  }
  return { url, address };
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(hostname);
  } catch (cause) {
    throw new TargetError('name_unresolved', 'The host name cannot be resolved.', { cause });
  }
}
