import { beforeAll, describe, expect, test } from 'vitest';
import { exportPublicDer, exportPublicJwk, exportPublicPem, generateKeyPair, importPublicKey } from '#crypto';
import type { KeyPair, PublicJwk } from '#crypto';
import { base64Url, FIELD, flipped, hex, openssl, pem, rejected, scalar, toBigInt, toHex } from '../support.js';

const { p256, other } = openssl;
const jwk = p256.jwk as PublicJwk;
const d = base64Url(hex(p256.pkcs8Der).subarray(36, 68));
let pair: KeyPair;

beforeAll(async () => {
  pair = await generateKeyPair();
});

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

describe('accepted forms', () => {
  const forms: [string, string | Uint8Array | object][] = [
    ['JWK', jwk],
    [
      'JWK with members that fit',
      { ...jwk, alg: 'ES256', use: 'sig', key_ops: ['verify'], kid: 'k1', ext: true, x5t: 1 },
    ],
    ['JWK without a prototype', Object.assign(Object.create(null), jwk)],
    ['JWK with d undefined', { ...jwk, d: undefined }],
    ['SPKI PEM', p256.spkiPem],
    ['SPKI PEM with CRLF', p256.spkiPem.replaceAll('\n', '\r\n')],
    ['SPKI PEM with CR', p256.spkiPem.replaceAll('\n', '\r')],
    ['SPKI PEM on one line', pem('PUBLIC KEY', hex(p256.spkiDer))],
    ['SPKI PEM between other text', `Test key of today:\n${p256.spkiPem}\nthanks\n`],
    ['SPKI DER', hex(p256.spkiDer)],
    ['SPKI DER in a larger buffer', flipped(hex(`00${p256.spkiDer}00`)).subarray(1, 92)],
  ];
  test.each(forms)('%s', async (_name, source) => {
    const key = await importPublicKey(source);
    expect(key.jwk).toEqual(jwk);
    expect(Object.keys(key.jwk)).toEqual(['kty', 'crv', 'x', 'y']);
    expect(await exportPublicJwk(key)).toEqual(jwk);
    expect(await exportPublicPem(key)).toBe(p256.spkiPem);
    expect(toHex(await exportPublicDer(key))).toBe(p256.spkiDer);
  });

  test('a key already imported is given back', async () => {
    expect(await importPublicKey(pair.publicKey)).toBe(pair.publicKey);
  });
});

describe('refused', () => {
  const off = base64Url(flipped(bytesOf(jwk.x)));
  const beyondField = base64Url(scalar(5n + FIELD));
  const cases: [string, string, unknown][] = [
    ['undefined', 'key_malformed', undefined],
    ['null', 'key_malformed', null],
    ['a number', 'key_malformed', 1],
    ['a boolean', 'key_malformed', true],
    ['a function', 'key_malformed', () => jwk],
    ['an array', 'key_malformed', [jwk]],
    ['an empty object', 'key_malformed', {}],
    ['an empty string', 'key_malformed', ''],
    ['empty bytes', 'key_malformed', new Uint8Array(0)],
    ['zeros', 'key_malformed', new Uint8Array(91)],
    ['an ArrayBuffer', 'key_malformed', new ArrayBuffer(91)],
    ['JWK as text', 'key_malformed', JSON.stringify(jwk)],

    ['JWK: members inherited', 'key_malformed', Object.create(jwk)],
    ['JWK: no kty', 'key_malformed', { ...jwk, kty: undefined }],
    ['JWK: kty not a string', 'key_malformed', { ...jwk, kty: ['EC'] }],
    ['JWK: kty RSA', 'key_wrong_type', { kty: 'RSA', n: 'AQAB', e: 'AQAB' }],
    ['JWK: kty OKP', 'key_wrong_type', { kty: 'OKP', crv: 'Ed25519', x: jwk.x }],
    ['JWK: kty oct', 'key_wrong_type', { kty: 'oct', k: jwk.x }],
    ['JWK: kty in lower case', 'key_wrong_type', { ...jwk, kty: 'ec' }],
    ['JWK: no crv', 'key_malformed', { ...jwk, crv: undefined }],
    ['JWK: crv P-384', 'key_wrong_type', { ...jwk, crv: 'P-384' }],
    ['JWK: crv secp256k1', 'key_wrong_type', { ...jwk, crv: 'secp256k1' }],
    ['JWK: crv by another name', 'key_wrong_type', { ...jwk, crv: 'prime256v1' }],
    ['JWK: no x', 'key_malformed', { ...jwk, x: undefined }],
    ['JWK: no y', 'key_malformed', { ...jwk, y: undefined }],
    ['JWK: x not a string', 'key_malformed', { ...jwk, x: bytesOf(jwk.x) }],
    ['JWK: x empty', 'key_malformed', { ...jwk, x: '' }],
    ['JWK: x of 31 bytes', 'key_malformed', { ...jwk, x: base64Url(bytesOf(jwk.x).subarray(1)) }],
    ['JWK: x of 33 bytes', 'key_malformed', { ...jwk, x: base64Url(hex(`00${toHex(bytesOf(jwk.x))}`)) }],
    ['JWK: y of 31 bytes', 'key_malformed', { ...jwk, y: base64Url(bytesOf(jwk.y).subarray(1)) }],
    ['JWK: x padded', 'key_malformed', { ...jwk, x: `${jwk.x}=` }],
    ['JWK: x with a line feed', 'key_malformed', { ...jwk, x: `${jwk.x}\n` }],
    ['JWK: x with plain base64 characters', 'key_malformed', { ...jwk, x: `+/${jwk.x.slice(2)}` }],
    ['JWK: x with stray trailing bits', 'key_malformed', { ...jwk, x: `${'A'.repeat(42)}B` }],
    ['JWK: d present', 'key_public_expected', { ...jwk, d }],
    ['JWK: d present, of any type', 'key_public_expected', { ...jwk, d: null }],
    ['JWK: alg ES384', 'key_wrong_type', { ...jwk, alg: 'ES384' }],
    ['JWK: alg none', 'key_wrong_type', { ...jwk, alg: 'none' }],
    ['JWK: alg ECDH-ES', 'key_wrong_type', { ...jwk, alg: 'ECDH-ES' }],
    ['JWK: alg in lower case', 'key_wrong_type', { ...jwk, alg: 'es256' }],
    ['JWK: alg not a string', 'key_wrong_type', { ...jwk, alg: null }],
    ['JWK: use enc', 'key_wrong_type', { ...jwk, use: 'enc' }],
    ['JWK: key_ops without verify', 'key_wrong_type', { ...jwk, key_ops: ['sign'] }],
    ['JWK: key_ops empty', 'key_wrong_type', { ...jwk, key_ops: [] }],
    ['JWK: key_ops a string', 'key_malformed', { ...jwk, key_ops: 'verify' }],
    ['JWK: key_ops with duplicates', 'key_malformed', { ...jwk, key_ops: ['verify', 'verify'] }],
    ['JWK: key_ops with a number', 'key_malformed', { ...jwk, key_ops: ['verify', 1] }],
    ['JWK: kid a number', 'key_malformed', { ...jwk, kid: 1 }],
    ['JWK: point off the curve', 'key_not_on_curve', { ...jwk, x: off }],
    ['JWK: x and y swapped', 'key_not_on_curve', { ...jwk, x: jwk.y, y: jwk.x }],
    ['JWK: x = y = 0', 'key_not_on_curve', { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['JWK: x = p', 'key_not_on_curve', { ...jwk, x: base64Url(scalar(FIELD)) }],
    ['JWK: x = 2^256 - 1', 'key_not_on_curve', { ...jwk, x: base64Url(new Uint8Array(32).fill(255)) }],
    ['JWK: x beyond p of a point with x = 5', 'key_not_on_curve', { ...jwk, x: beyondField, y: base64Url(yOf5()) }],

    ['PEM: private key', 'key_public_expected', p256.pkcs8Pem],
    ['PEM: SEC 1 private key', 'key_public_expected', p256.sec1Pem],
    ['PEM: encrypted private key', 'key_public_expected', p256.pkcs8EncryptedPem],
    ['PEM: private key labelled as public', 'key_public_expected', pem('PUBLIC KEY', hex(p256.pkcs8Der))],
    ['PEM: P-384', 'key_wrong_type', other.p384.publicPem],
    ['PEM: secp256k1', 'key_wrong_type', other.k256.publicPem],
    ['PEM: Ed25519', 'key_wrong_type', other.ed25519.publicPem],
    ['PEM: RSA', 'key_wrong_type', other.rsa.publicPem],
    ['PEM: curve spelled out', 'key_wrong_type', p256.spkiExplicitPem],
    ['PEM: compressed point', 'key_malformed', p256.spkiCompressedPem],
    ['PEM: certificate', 'key_wrong_type', pem('CERTIFICATE', hex(p256.spkiDer))],
    ['PEM: two keys', 'key_malformed', p256.spkiPem + p256.spkiPem],
    ['PEM: labels that differ', 'key_malformed', p256.spkiPem.replace('END PUBLIC', 'END PRIVATE')],
    ['PEM: no end', 'key_malformed', p256.spkiPem.slice(0, -10)],
    ['PEM: empty', 'key_malformed', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n'],
    ['PEM: no padding', 'key_malformed', p256.spkiPem.replace('=', '')],
    ['PEM: a foreign character', 'key_malformed', p256.spkiPem.replace('MFk', 'M*k')],
    ['PEM: longer than any key', 'key_malformed', p256.spkiPem + ' '.repeat(70_000)],
    ['PEM: a long row of headers', 'key_malformed', '-----BEGIN A-----'.repeat(3000)],

    ['DER: private key', 'key_public_expected', hex(p256.pkcs8Der)],
    ['DER: trailing byte', 'key_malformed', hex(`${p256.spkiDer}00`)],
    ['DER: more inside the sequence', 'key_malformed', hex(`305b${p256.spkiDer.slice(4)}0500`)],
    [
      'DER: more inside the algorithm',
      'key_malformed',
      hex(p256.spkiDer.replace('30593013', '305b3015').replace('03010703420004', '030107050003420004')),
    ],
    [
      'DER: a point of 64 bytes',
      'key_malformed',
      hex(p256.spkiDer.replace('3059', '3058').replace('034200', '034100').slice(0, -2)),
    ],
    ['DER: cut short', 'key_malformed', hex(p256.spkiDer.slice(0, -2))],
    ['DER: first byte missing', 'key_malformed', hex(p256.spkiDer.slice(2))],
    ['DER: length in long form', 'key_malformed', hex(p256.spkiDer.replace('3059', '308159'))],
    ['DER: length of three octets', 'key_malformed', hex(p256.spkiDer.replace('3059', '3083000059'))],
    ['DER: unused bits', 'key_malformed', hex(p256.spkiDer.replace('03420004', '03420104'))],
    ['DER: hybrid point', 'key_malformed', hex(p256.spkiDer.replace('03420004', '03420006'))],
    ['DER: point off the curve', 'key_not_on_curve', flipped(hex(p256.spkiDer))],
    [
      'DER: no curve',
      'key_malformed',
      hex(p256.spkiDer.replace('3059301306072a8648ce3d020106082a8648ce3d030107', '304f300906072a8648ce3d0201')),
    ],
    ['DER: the raw point', 'key_malformed', hex(p256.spkiDer.slice(-130))],
  ];
  test.each(cases)('%s: %s', async (_name, code, source) => {
    expect(await rejected(() => importPublicKey(source as never))).toBe(code);
  });

  test('a private key', async () => {
    expect(await rejected(() => importPublicKey(pair.privateKey as never))).toBe('key_public_expected');
  });

  test('every single-byte change of the DER', async () => {
    const der = hex(p256.spkiDer);
    for (let index = 0; index < der.length; index++) {
      const code = await rejected(() => importPublicKey(flipped(der, index)));
      expect(['key_malformed', 'key_wrong_type', 'key_not_on_curve', 'key_public_expected']).toContain(code);
    }
  });

  test('an accessor is read once', async () => {
    let reads = 0;
    const source = {
      ...jwk,
      get x() {
        reads++;
        return reads === 1 ? jwk.x : off;
      },
    };
    expect((await importPublicKey(source)).jwk).toEqual(jwk);
    expect(reads).toBe(1);
  });
});

/** A y with (5, y) on the curve, so that only the range of x is at fault in (5 + p, y). */
function yOf5(): Uint8Array {
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % FIELD) {
      if ((rest & 1n) === 1n) result = (result * square) % FIELD;
    }
    return result;
  };
  const square = (125n - 15n + b) % FIELD;
  const y = power(square, (FIELD + 1n) / 4n);
  if ((y * y) % FIELD !== square) throw new Error('5 is not the x of a point');
  return scalar(y);
}

test('the point with x = 5 itself is accepted', async () => {
  const key = await importPublicKey({ ...jwk, x: base64Url(scalar(5n)), y: base64Url(yOf5()) });
  expect(toBigInt(bytesOf(key.jwk.x))).toBe(5n);
});
