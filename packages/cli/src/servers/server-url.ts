import { UsageError } from '../errors/cli-error.js';

/**
 * The address of a server over HTTP.
 *
 * @throws UsageError for anything but an http or https URL, and for one with a password in it, which would be seen by everybody on this machine.
 */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError('The server is an http or https URL, or a command after "--".', { reason: 'url_invalid' });
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('A URL with a password in it is seen by everybody on this machine.', {
      reason: 'url_invalid',
    });
  }
  return url;
}

/** @throws UsageError for a header that is none; its value, which may be a secret, is not repeated. */
export function parseHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new UsageError('A header is "Name: value".');
      return [name, value];
    }),
  );
}
