import { expect, expectTypeOf, test } from 'vitest';
import * as entry from '#crypto';
import type * as nodeEntry from '../src/index.node.js';
import type * as webEntry from '../src/index.web.js';

test('both entries have the same types', () => {
  expectTypeOf<typeof webEntry>().toEqualTypeOf<typeof nodeEntry>();
});

test('the entry exports exactly this', () => {
  expect(Object.keys(entry).sort()).toEqual(
    [
      'CryptoError',
      'PrivateKey',
      'PublicKey',
      'canonicalize',
      'canonicalizeToBytes',
      'checkSignature',
      'constantTimeEqual',
      'createNonce',
      'decodeBase64',
      'decodeBase64Url',
      'decodeHex',
      'decodeUtf8',
      'derToP1363',
      'encodeBase64',
      'encodeBase64Url',
      'encodeHex',
      'encodeUtf8',
      'exportPrivateDer',
      'exportPrivateJwk',
      'exportPrivatePem',
      'exportPublicDer',
      'exportPublicJwk',
      'exportPublicPem',
      'generateKeyPair',
      'importPrivateKey',
      'importPublicKey',
      'isLowS',
      'isSigner',
      'isWellFormed',
      'normalizeLowS',
      'p1363ToDer',
      'parseJson',
      'randomBytes',
      'sha256',
      'sha256Hex',
      'sign',
      'thumbprint',
      'verify',
    ].sort(),
  );
});
