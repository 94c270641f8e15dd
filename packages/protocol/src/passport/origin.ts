import { McpsError } from '../errors/index.js';
import type { Passport } from './types.js';

/**
 * Checks that a passport is bound to an origin: scheme, host and port are equal (RFC 6454 section 5), a default port counting as given. Paths do not
 * take part. A passport without an origin, one with an opaque origin, and a URL with user information match nothing.
 *
 * Throws `McpsError` `origin_mismatch`; `TypeError` where `expectedOrigin` itself is no URL with an origin.
 */
export function validateOrigin(passport: Pick<Passport, 'origin'>, expectedOrigin: string): void {
  const expected = originOf(expectedOrigin);
  if (expected === undefined) throw new TypeError('The expected origin must be a URL with scheme and host');
  if (passport.origin === null || originOf(passport.origin) !== expected) throw new McpsError('origin_mismatch');
}

// The URL parser forgives a missing `//`, backslashes and white space; a text that needs such forgiveness may be read differently elsewhere.
const PLAIN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^\s\\]+$/i;

/** The serialised tuple origin of a URL; `undefined` where it has none. */
function originOf(text: string): string | undefined {
  if (!PLAIN_URL.test(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.username !== '' || url.password !== '') return undefined;
  // URL.origin is "null" for every scheme but the few that the URL standard gives tuple origins.
  return url.origin === 'null' ? undefined : url.origin;
}
