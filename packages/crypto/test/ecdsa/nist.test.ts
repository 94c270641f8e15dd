import { describe, expect, test } from 'vitest';
import { importPrivateKey, importPublicKey, sign, verify } from '#crypto';
import type { PublicJwk } from '#crypto';
import nist from '../fixtures/nist-p256-sha256.json' with { type: 'json' };
import { base64Url, concat, hex, pem, rejected, utf8 } from '../support.js';

/** Coordinates of any length, as the vectors have some that are out of range. */
const jwk = (point: { qx: string; qy: string }): PublicJwk => ({
  kty: 'EC',
  crv: 'P-256',
  x: base64Url(hex(point.qx.padStart(point.qx.length + (point.qx.length % 2), '0'))),
  y: base64Url(hex(point.qy.padStart(point.qy.length + (point.qy.length % 2), '0'))),
});

describe('NIST SigVer, P-256 with SHA-256', () => {
  test('has cases of both kinds', () => {
    expect(new Set(nist.sigVer.map(({ valid }) => valid)).size).toBe(2);
  });

  test.each(nist.sigVer.map((vector, index) => ({ ...vector, index })))('$index: $valid $flaw', async (vector) => {
    const key = await importPublicKey(jwk(vector));
    const signature = concat(hex(vector.r), hex(vector.s));
    expect(await verify(key, hex(vector.msg), signature)).toBe(vector.valid);
  });
});

test.each(nist.sigGen.map((vector, index) => ({ ...vector, index })))('NIST SigGen $index verifies', async (vector) => {
  const key = await importPublicKey(jwk(vector));
  expect(await verify(key, hex(vector.msg), concat(hex(vector.r), hex(vector.s)))).toBe(true);
});

describe('NIST PKV, P-256', () => {
  test.each(nist.pkv.map((vector, index) => ({ ...vector, index })))('$index: $valid $flaw', async (vector) => {
    const source = jwk(vector);
    if (vector.valid) {
      expect((await importPublicKey(source)).jwk).toEqual(source);
      return;
    }
    const code = vector.flaw === 'Point not on curve' ? 'key_not_on_curve' : 'key_malformed';
    expect(await rejected(() => importPublicKey(source))).toBe(code);
  });
});

describe('NIST KeyPair, P-256', () => {
  test.each(nist.keyPair.map((vector, index) => ({ ...vector, index })))('$index', async (vector) => {
    const publicJwk = jwk(vector);
    const d = base64Url(hex(vector.d));
    const fromJwk = await importPrivateKey({ ...publicJwk, d });
    expect(fromJwk.publicKey.jwk).toEqual(publicJwk);
    expect(await verify(fromJwk.publicKey, utf8('x'), await sign(fromJwk, utf8('x')))).toBe(true);

    // PKCS#8 without the public key: the runtime has to derive it.
    const bare = hex(
      `3041020100301306072a8648ce3d020106082a8648ce3d0301070427302502010104 20${vector.d}`.replace(' ', ''),
    );
    expect((await importPrivateKey(bare)).publicKey.jwk).toEqual(publicJwk);
    expect((await importPrivateKey(pem('PRIVATE KEY', bare))).publicKey.jwk).toEqual(publicJwk);
  });
});
