import { expect, test } from 'vitest';
import { importPublicKey, sha256, thumbprint } from '#crypto';
import type { PublicJwk } from '#crypto';
import { base64Url, openssl, rejected, utf8 } from '../support.js';

/** The key of RFC 9449 section 4.1 and its thumbprint of section 6.1. */
const rfc9449: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
  y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
};

test('the example of RFC 9449', async () => {
  expect(await thumbprint(rfc9449)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
  expect((await importPublicKey(rfc9449)).thumbprint).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
});

test('covers the required members only, whatever their order', async () => {
  const { kty, crv, x, y } = openssl.p256.jwk as PublicJwk;
  const expected = base64Url(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
  expect(await thumbprint({ kty, crv, x, y })).toBe(expected);
  expect(await thumbprint({ y, x, kty, crv, kid: 'other', alg: 'ES256' } as PublicJwk)).toBe(expected);
});

test('refuses what is not a public P-256 JWK', async () => {
  expect(await rejected(() => thumbprint({ ...rfc9449, d: rfc9449.x } as PublicJwk))).toBe('key_public_expected');
  expect(await rejected(() => thumbprint({ ...rfc9449, crv: 'P-384' } as never))).toBe('key_wrong_type');
  expect(await rejected(() => thumbprint({ ...rfc9449, x: `${rfc9449.x}=` }))).toBe('key_malformed');
  expect(await rejected(() => thumbprint(null as never))).toBe('key_malformed');
});
