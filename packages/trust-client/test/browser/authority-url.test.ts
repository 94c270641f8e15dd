import { ConfigurationError } from '@mcps/protocol';
import { expect, it } from 'vitest';
import { parseAuthorityUrl } from '../../src/http/authority-url.js';

it.each([
  ['https://authority.example', 'https://authority.example/'],
  ['https://authority.example:8443/base', 'https://authority.example:8443/base/'],
  ['https://authority.example/base/', 'https://authority.example/base/'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
  ['http://127.9.8.7', 'http://127.9.8.7/'],
  ['http://localhost:8080', 'http://localhost:8080/'],
  ['http://[::1]:8080', 'http://[::1]:8080/'],
  ['http://2130706433/', 'http://127.0.0.1/'],
])('%s is an address of an authority', (text, href) => {
  expect(parseAuthorityUrl(text).href).toBe(href);
});

it.each([
  ['plain http elsewhere', 'http://authority.example'],
  ['plain http in a private network', 'http://10.0.0.1'],
  ['plain http everywhere', 'http://0.0.0.0:8080'],
  ['a name that only begins like this machine', 'http://localhost.authority.example'],
  ['an address that only begins like this machine', 'http://127.0.0.1.authority.example'],
  ['IPv4 in IPv6', 'http://[::ffff:10.0.0.1]'],
  ['another protocol', 'ftp://authority.example'],
  ['a file', 'file:///etc/authority'],
  ['a script', 'javascript:alert(1)'],
  ['user information', 'https://user:secret@authority.example'],
  ['a name without password', 'https://user@authority.example'],
  ['a query', 'https://authority.example/?token=secret'],
  ['a fragment', 'https://authority.example/#x'],
  ['nothing', ''],
  ['no URL', 'authority.example'],
])('%s is none', (_title, text) => {
  expect(() => parseAuthorityUrl(text)).toThrow(ConfigurationError);
  // What is refused may be a secret.
  expect(() => parseAuthorityUrl(text)).not.toThrow(/secret/);
});
