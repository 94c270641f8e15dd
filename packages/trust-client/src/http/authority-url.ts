import { ConfigurationError } from '@mcps/protocol';

/** Names and addresses of this machine, as `URL` writes them. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the address of an authority: `https`, or `http` on this machine only, without user information, query and fragment. A path is the prefix of its
 * endpoints.
 *
 * @returns the address with a `/` at its end, so that endpoints resolve below it
 *
 * Throws `ConfigurationError` `option_invalid`.
 */
export function parseAuthorityUrl(text: string): URL {
  if (typeof text !== 'string' || !URL.canParse(text)) throw invalid('is no URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw invalid('must hold no user information');
  if (url.search !== '' || url.hash !== '') throw invalid('must hold no query and no fragment');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw invalid('must be https: over plain http anybody could answer in its place, except on this machine');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('must be https');
  if (!url.pathname.endsWith('/')) url.pathname = `${url.pathname}/`;
  return url;
}

// The text itself is not quoted: it may hold a secret, which is what the first rule is about.
function invalid(fault: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `The address of an authority ${fault}.`);
}
