import { beforeAll, describe, expect, test } from 'vitest';
import {
  exportPrivateDer,
  exportPrivateJwk,
  exportPrivatePem,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  sign,
  verify,
} from '#crypto';
import type { KeyPair, PrivateJwk } from '#crypto';
import { base64Url, concat, flipped, hex, openssl, ORDER, pem, rejected, scalar, toHex, utf8 } from '../support.js';

const { p256, other } = openssl;
const scalarBytes = hex(p256.pkcs8Der).subarray(36, 68);
const jwk = { ...p256.jwk, d: base64Url(scalarBytes) } as PrivateJwk;
const data = utf8('data');
let pair: KeyPair;

beforeAll(async () => {
  pair = await generateKeyPair({ extractable: true });
});

describe('accepted forms', () => {
  const forms: [string, string | Uint8Array | object][] = [
    ['JWK', jwk],
    ['JWK with members that fit', { ...jwk, alg: 'ES256', use: 'sig', key_ops: ['sign'], kid: 'k1', ext: true }],
    ['JWK with both operations', { ...jwk, key_ops: ['sign', 'verify'] }],
    ['PKCS#8 PEM', p256.pkcs8Pem],
    ['PKCS#8 PEM with CRLF', p256.pkcs8Pem.replaceAll('\n', '\r\n')],
    ['PKCS#8 DER', hex(p256.pkcs8Der)],
    ['SEC 1 PEM', p256.sec1Pem],
    ['SEC 1 PEM after its parameters', p256.sec1WithParametersPem],
    ['SEC 1 PEM without the public key', p256.sec1WithoutPublicPem],
  ];
  test.each(forms)('%s', async (_name, source) => {
    const key = await importPrivateKey(source, { extractable: true });
    expect(key.publicKey.jwk).toEqual(p256.jwk);
    expect(await verify(await importPublicKey(p256.spkiPem), data, await sign(key, data))).toBe(true);
    expect(await exportPrivateJwk(key)).toEqual(jwk);
    expect(await exportPrivatePem(key)).toBe(p256.pkcs8Pem);
    expect(toHex(await exportPrivateDer(key))).toBe(p256.pkcs8Der);
  });

  test('a key already imported', async () => {
    expect(await importPrivateKey(pair.privateKey)).toBe(pair.privateKey);
    const closed = await importPrivateKey(pair.privateKey, { extractable: false });
    expect(closed.extractable).toBe(false);
    expect(closed.publicKey.thumbprint).toBe(pair.publicKey.thumbprint);
    expect(await verify(pair.publicKey, data, await sign(closed, data))).toBe(true);
    expect(await rejected(() => importPrivateKey(closed, { extractable: true }))).toBe('key_not_extractable');
  });

  test('the caller’s bytes stay as they are, and may be reused at once', async () => {
    const der = hex(p256.pkcs8Der);
    await importPrivateKey(der);
    expect(toHex(der)).toBe(p256.pkcs8Der);
    const pending = importPrivateKey(der);
    der.fill(0);
    expect((await pending).publicKey.jwk).toEqual(p256.jwk);
  });

  test.each([1n, 2n, 255n, 1n << 128n, ORDER - 1n])('the scalar %s, leading zeros kept', async (value) => {
    const bare = hex(`3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420${toHex(scalar(value))}`);
    const key = await importPrivateKey(bare, { extractable: true });
    expect((await exportPrivateJwk(key)).d).toBe(base64Url(scalar(value)));
    expect(toHex(await exportPrivateDer(key)).slice(72, 136)).toBe(toHex(scalar(value)));
    expect(await verify(key.publicKey, data, await sign(key, data))).toBe(true);
  });
});

describe('the public key beside it', () => {
  test('may be given and must belong to it', async () => {
    const own = await importPublicKey(p256.spkiPem);
    expect((await importPrivateKey(jwk, { publicKey: own })).publicKey.jwk).toEqual(p256.jwk);
    expect(await rejected(() => importPrivateKey(jwk, { publicKey: pair.publicKey }))).toBe('key_malformed');
    expect(await rejected(() => importPrivateKey(pair.privateKey, { publicKey: own }))).toBe('key_malformed');
    expect(await rejected(() => importPrivateKey(jwk, { publicKey: p256.jwk as never }))).toBe('key_public_expected');
  });

  test('of another pair is refused in a JWK', async () => {
    const { x, y } = pair.publicKey.jwk;
    expect(await rejected(() => importPrivateKey({ ...jwk, x, y }))).toBe('key_malformed');
  });

  test('negated is refused in a JWK', async () => {
    // -Q has the same x: only y tells the two apart.
    const negated = await negatedY();
    expect(await rejected(() => importPrivateKey({ ...jwk, y: negated }))).toBe('key_malformed');
  });

  test('of another pair is refused in PKCS#8', async () => {
    const foreign = (await exportPrivateDer(pair.privateKey)).slice(-64);
    const der = hex(p256.pkcs8Der);
    der.set(foreign, der.length - 64);
    expect(await rejected(() => importPrivateKey(der))).toBe('key_malformed');
    expect(await rejected(() => importPrivateKey(pem('PRIVATE KEY', der)))).toBe('key_malformed');
  });

  test('off the curve is refused', async () => {
    expect(await rejected(() => importPrivateKey({ ...jwk, y: jwk.x }))).toBe('key_not_on_curve');
    expect(await rejected(() => importPrivateKey(flipped(hex(p256.pkcs8Der))))).toBe('key_not_on_curve');
  });
});

async function negatedY(): Promise<string> {
  const der = hex(p256.spkiDer);
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  return base64Url(scalar(p - BigInt(`0x${toHex(der.subarray(-32))}`)));
}

describe('refused', () => {
  const withScalar = (text: string) => p256.pkcs8Der.replace(toHex(scalarBytes), text);
  /** The ECPrivateKey inside the PKCS#8 key, and a PKCS#8 key around another. */
  const inner = p256.pkcs8Der.slice(58);
  const withInner = (text: string): Uint8Array => {
    const octet = (length: number) => length.toString(16).padStart(2, '0');
    const body = `${p256.pkcs8Der.slice(6, 54)}04${octet(text.length / 2)}${text}`;
    return hex(`3081${octet(body.length / 2)}${body}`);
  };
  const sec1 = Uint8Array.from(atob(p256.sec1Pem.replace(/-----[A-Z ]+-----|\s/g, '')), (c) => c.charCodeAt(0));

  test('the parts it is built from are sound', async () => {
    expect((await importPrivateKey(withInner(inner))).publicKey.jwk).toEqual(p256.jwk);
    expect((await importPrivateKey(pem('EC PRIVATE KEY', sec1))).publicKey.jwk).toEqual(p256.jwk);
  });

  const cases: [string, string, unknown][] = [
    ['undefined', 'key_malformed', undefined],
    ['null', 'key_malformed', null],
    ['an array', 'key_malformed', [jwk]],
    ['an empty object', 'key_malformed', {}],
    ['an empty string', 'key_malformed', ''],
    ['empty bytes', 'key_malformed', new Uint8Array(0)],

    ['JWK: public', 'key_private_expected', p256.jwk],
    ['JWK: d inherited', 'key_private_expected', Object.assign(Object.create({ d: jwk.d }), p256.jwk)],
    ['JWK: d not a string', 'key_malformed', { ...jwk, d: scalarBytes }],
    ['JWK: d empty', 'key_malformed', { ...jwk, d: '' }],
    ['JWK: d of 31 bytes', 'key_malformed', { ...jwk, d: base64Url(scalarBytes.subarray(1)) }],
    ['JWK: d of 33 bytes', 'key_malformed', { ...jwk, d: base64Url(hex(`00${toHex(scalarBytes)}`)) }],
    ['JWK: d padded', 'key_malformed', { ...jwk, d: `${jwk.d}=` }],
    ['JWK: d = 0', 'key_malformed', { ...jwk, d: base64Url(scalar(0n)) }],
    ['JWK: d = n', 'key_malformed', { ...jwk, d: base64Url(scalar(ORDER)) }],
    ['JWK: d = n + 1', 'key_malformed', { ...jwk, d: base64Url(scalar(ORDER + 1n)) }],
    ['JWK: d = 2^256 - 1', 'key_malformed', { ...jwk, d: base64Url(new Uint8Array(32).fill(255)) }],
    ['JWK: d of another key', 'key_malformed', { ...jwk, d: base64Url(flipped(scalarBytes)) }],
    ['JWK: x missing', 'key_malformed', { ...jwk, x: undefined }],
    ['JWK: y missing', 'key_malformed', { ...jwk, y: undefined }],
    ['JWK: crv P-384', 'key_wrong_type', { ...jwk, crv: 'P-384' }],
    ['JWK: alg ES384', 'key_wrong_type', { ...jwk, alg: 'ES384' }],
    ['JWK: use enc', 'key_wrong_type', { ...jwk, use: 'enc' }],
    ['JWK: key_ops without sign', 'key_wrong_type', { ...jwk, key_ops: ['verify'] }],

    ['PEM: public key', 'key_private_expected', p256.spkiPem],
    ['PEM: public key labelled as private', 'key_private_expected', pem('PRIVATE KEY', hex(p256.spkiDer))],
    ['PEM: public key labelled as SEC 1', 'key_private_expected', pem('EC PRIVATE KEY', hex(p256.spkiDer))],
    ['PEM: encrypted PKCS#8', 'key_wrong_type', p256.pkcs8EncryptedPem],
    ['PEM: encrypted SEC 1', 'key_malformed', p256.sec1EncryptedPem],
    ['PEM: curve spelled out', 'key_wrong_type', p256.pkcs8ExplicitPem],
    ['PEM: P-384', 'key_wrong_type', other.p384.privatePem],
    ['PEM: secp256k1', 'key_wrong_type', other.k256.privatePem],
    ['PEM: Ed25519', 'key_wrong_type', other.ed25519.privatePem],
    ['PEM: RSA', 'key_wrong_type', other.rsa.privatePem],
    ['PEM: parameters alone', 'key_malformed', pem('EC PARAMETERS', hex('06082a8648ce3d030107'))],
    ['PEM: two keys', 'key_malformed', p256.pkcs8Pem + p256.sec1Pem],
    ['PEM: PKCS#8 labelled as SEC 1', 'key_malformed', pem('EC PRIVATE KEY', hex(p256.pkcs8Der))],

    ['DER: public key', 'key_private_expected', hex(p256.spkiDer)],
    ['DER: version 1', 'key_malformed', hex(p256.pkcs8Der.replace('30818702 0100'.replace(' ', ''), '308187020101'))],
    ['DER: inner version 2', 'key_malformed', hex(p256.pkcs8Der.replace('306b020101', '306b020102'))],
    ['DER: trailing byte', 'key_malformed', hex(`${p256.pkcs8Der}00`)],
    ['DER: cut short', 'key_malformed', hex(p256.pkcs8Der.slice(0, -2))],
    ['DER: d = 0', 'key_malformed', hex(withScalar(toHex(scalar(0n))))],
    ['DER: d = n', 'key_malformed', hex(withScalar(toHex(scalar(ORDER))))],
    ['DER: d of another key', 'key_malformed', hex(withScalar(toHex(flipped(scalarBytes))))],
    [
      'DER: d of 31 bytes',
      'key_malformed',
      hex(`3040020100301306072a8648ce3d020106082a8648ce3d03010704263024020101041f${'01'.repeat(31)}`),
    ],
    ['DER: more after the inner key', 'key_malformed', withInner(`${inner}00`)],
    ['DER: more inside the inner key', 'key_malformed', withInner(`306d${inner.slice(4)}0500`)],
    ['DER: more beside the inner key', 'key_malformed', hex(`308189${p256.pkcs8Der.slice(6)}0500`)],
    ['SEC 1: no curve named', 'key_malformed', pem('EC PRIVATE KEY', hex(inner))],
    ['SEC 1: trailing byte', 'key_malformed', pem('EC PRIVATE KEY', concat(sec1, Uint8Array.of(0)))],
    ['DER: length not in its shortest form', 'key_malformed', hex(p256.pkcs8Der.replace('308187', '30820087'))],
  ];
  test.each(cases)('%s: %s', async (_name, code, source) => {
    expect(await rejected(() => importPrivateKey(source as never))).toBe(code);
  });

  test('a public key', async () => {
    expect(await rejected(() => importPrivateKey(pair.publicKey as never))).toBe('key_private_expected');
  });

  test('every single-byte change of the DER', async () => {
    const der = hex(p256.pkcs8Der);
    for (let index = 0; index < der.length; index++) {
      const code = await rejected(() => importPrivateKey(flipped(der, index)));
      expect(['key_malformed', 'key_wrong_type', 'key_not_on_curve', 'key_private_expected']).toContain(code);
    }
  });
});
