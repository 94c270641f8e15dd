import { McpsError } from '../errors/index.js';
import type { Passport } from './types.js';

/**
 * Checks that a passport is bound to an origin: scheme, host and port are equal (RFC 6454 section 5), a default port counting as given. Paths do not
 * take part. Only `http`, `https`, `ws` and `wss` have such origins. A passport without an origin and a URL with user information match nothing.
 *
 * Throws `McpsError` `origin_mismatch`; `TypeError` where `expectedOrigin` itself is no such URL.
 */
export function validateOrigin(passport: Pick<Passport, 'origin'>, expectedOrigin: string): void {
  const expected = originOf(expectedOrigin);
  if (expected === undefined) throw new TypeError('The expected origin must be a URL with scheme and host');
  if (passport.origin === null || originOf(passport.origin) !== expected) throw new McpsError('origin_mismatch');
}

// The URL parser forgives missing and surplus slashes, backslashes, white space and percent-encoded hosts; a text that needs such forgiveness may
// be read differently elsewhere. Only these schemes have an origin of scheme, host and port: for `file:` and unknown ones runtimes differ.
const PLAIN_URL = /^(?:https?|wss?):\/\/[^\s\\/?#%@]+(?:[/?#][^\s\\]*)?$/i;

/** The serialised tuple origin of a URL; `undefined` where it has none. */
function originOf(text: string): string | undefined {
  if (!PLAIN_URL.test(text)) return undefined;
  try {
    return new URL(text).origin;
  } catch {
    return undefined;
  }
}
