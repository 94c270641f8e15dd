import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { KEYS } from '../keys.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'keys',
  layer: 'crypto',
  description:
    'P-256 keys in the forms that they are imported from (`jwk`, `pem`, `der` as base64), for a `public` or a `private` import, and their RFC 7638 thumbprints.',
  input: {
    required: ['use', 'form', 'key'],
    properties: { use: { enum: ['public', 'private'] }, form: { enum: ['jwk', 'pem', 'der'] }, key: {} },
    additionalProperties: false,
  },
});
export default suite;

// Keys of other kinds, made once.
const FILE = new URL('../foreign-keys.json', import.meta.url);
if (!existsSync(FILE)) {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const ed = generateKeyPairSync('ed25519');
  writeFileSync(
    FILE,
    `${JSON.stringify(
      {
        p384: {
          jwk: p384.publicKey.export({ format: 'jwk' }),
          pem: p384.publicKey.export({ format: 'pem', type: 'spki' }),
          privatePem: p384.privateKey.export({ format: 'pem', type: 'pkcs8' }),
        },
        ed25519: {
          jwk: ed.publicKey.export({ format: 'jwk' }),
          pem: ed.publicKey.export({ format: 'pem', type: 'spki' }),
        },
      },
      null,
      2,
    )}\n`,
  );
}
const foreign = JSON.parse(readFileSync(FILE, 'utf8'));
const { publicJwk, privateJwk, thumbprint } = KEYS.agent;
const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' });
const spki = publicKey.export({ format: 'der', type: 'spki' });
const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
const pem = publicKey.export({ format: 'pem', type: 'spki' });
const privatePem = privateKey.export({ format: 'pem', type: 'pkcs8' });

const ok = (name, title, rule, use, form, key) => suite.accept(name, title, rule, { use, form, key }, { thumbprint });
const no = (name, title, rule, use, form, key, code) => suite.reject(name, title, rule, { use, form, key }, code);
const flip = (text) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);

ok('jwk-public', 'a public JWK', 'kty, crv, x and y make a public key.', 'public', 'jwk', publicJwk);
ok(
  'jwk-metadata',
  'a public JWK with metadata',
  'alg ES256, use sig and kid say nothing against the key.',
  'public',
  'jwk',
  { ...publicJwk, alg: 'ES256', use: 'sig', kid: 'k1' },
);
ok('spki-pem', 'SPKI in PEM', 'A public key may come as SubjectPublicKeyInfo in PEM.', 'public', 'pem', pem);
ok(
  'spki-der',
  'SPKI in DER',
  'A public key may come as SubjectPublicKeyInfo in DER.',
  'public',
  'der',
  spki.toString('base64'),
);
ok('jwk-private', 'a private JWK', 'With d the key is private.', 'private', 'jwk', privateJwk);
ok('pkcs8-pem', 'PKCS #8 in PEM', 'A private key may come as PKCS #8 in PEM.', 'private', 'pem', privatePem);
ok(
  'pkcs8-der',
  'PKCS #8 in DER',
  'A private key may come as PKCS #8 in DER.',
  'private',
  'der',
  pkcs8.toString('base64'),
);

no(
  'private-as-public',
  'a private JWK as a public key',
  'A private key given where a public one is due is a mistake, and is not made public in silence.',
  'public',
  'jwk',
  privateJwk,
  'key_public_expected',
);
no(
  'private-pem-as-public',
  'a private PEM as a public key',
  'A private key in PEM is not taken for a public one either.',
  'public',
  'pem',
  privatePem,
  'key_public_expected',
);
no(
  'public-as-private',
  'a public JWK as a private key',
  'Without d there is nothing to sign with.',
  'private',
  'jwk',
  publicJwk,
  'key_private_expected',
);
no(
  'public-pem-as-private',
  'a public PEM as a private key',
  'A public key in PEM signs nothing either.',
  'private',
  'pem',
  pem,
  'key_private_expected',
);
no(
  'off-curve',
  'a point that is not on the curve',
  'The point is on P-256, or arithmetic with it gives secrets away.',
  'public',
  'jwk',
  { ...publicJwk, y: flip(publicJwk.y) },
  'key_not_on_curve',
);
no(
  'zero-point',
  'the point 0, 0',
  'The point 0, 0 is not on the curve.',
  'public',
  'jwk',
  { ...publicJwk, x: 'A'.repeat(43), y: 'A'.repeat(43) },
  'key_not_on_curve',
);
no(
  'short-x',
  'a coordinate of 31 bytes',
  'A coordinate has 32 bytes, leading zeros included.',
  'public',
  'jwk',
  { ...publicJwk, x: publicJwk.x.slice(0, 42) },
  'key_malformed',
);
no(
  'long-x',
  'a coordinate of 33 bytes',
  'A coordinate has no more than 32 bytes.',
  'public',
  'jwk',
  { ...publicJwk, x: `A${publicJwk.x}` },
  'key_malformed',
);
no(
  'padded-x',
  'a coordinate with padding',
  'Coordinates are base64url without padding.',
  'public',
  'jwk',
  { ...publicJwk, x: `${publicJwk.x}=` },
  'key_malformed',
);
no(
  'no-y',
  'a JWK without y',
  'Both coordinates are needed.',
  'public',
  'jwk',
  { kty: 'EC', crv: 'P-256', x: publicJwk.x },
  'key_malformed',
);
no(
  'number-x',
  'a coordinate that is a number',
  'Coordinates are strings.',
  'public',
  'jwk',
  { ...publicJwk, x: 1 },
  'key_malformed',
);
no(
  'jwk-p384',
  'a key on another curve',
  'The curve is P-256.',
  'public',
  'jwk',
  { kty: foreign.p384.jwk.kty, crv: foreign.p384.jwk.crv, x: foreign.p384.jwk.x, y: foreign.p384.jwk.y },
  'key_wrong_type',
);
no('jwk-okp', 'an Ed25519 key', 'The key type is EC.', 'public', 'jwk', foreign.ed25519.jwk, 'key_wrong_type');
no(
  'jwk-symmetric',
  'a symmetric key',
  'A secret shared by both sides identifies nobody.',
  'public',
  'jwk',
  { kty: 'oct', k: 'AAAA' },
  'key_wrong_type',
);
no(
  'jwk-alg',
  'a JWK for another algorithm',
  'A key meant for another algorithm is not used for this one.',
  'public',
  'jwk',
  { ...publicJwk, alg: 'ES384' },
  'key_wrong_type',
);
no(
  'jwk-use',
  'a JWK for encryption',
  'A key meant for encryption signs nothing.',
  'public',
  'jwk',
  { ...publicJwk, use: 'enc' },
  'key_wrong_type',
);
no(
  'pem-p384',
  'PEM of a key on another curve',
  'The curve is checked in every form.',
  'public',
  'pem',
  foreign.p384.pem,
  'key_wrong_type',
);
no(
  'pem-ed25519',
  'PEM of an Ed25519 key',
  'The algorithm is checked in every form.',
  'public',
  'pem',
  foreign.ed25519.pem,
  'key_wrong_type',
);
no(
  'pem-p384-private',
  'PEM of a private key on another curve',
  'The curve of private keys is checked too.',
  'private',
  'pem',
  foreign.p384.privatePem,
  'key_wrong_type',
);
no(
  'pem-garbage',
  'PEM around something else',
  'What PEM encloses is a key.',
  'public',
  'pem',
  '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  'key_malformed',
);
no(
  'der-truncated',
  'DER cut off',
  'DER is complete.',
  'public',
  'der',
  spki.subarray(0, 80).toString('base64'),
  'key_malformed',
);
no(
  'mismatched-d',
  'a private JWK whose halves do not belong together',
  'd is the private half of x and y, or others would verify against another key.',
  'private',
  'jwk',
  { ...privateJwk, x: KEYS.server.publicJwk.x, y: KEYS.server.publicJwk.y },
  'key_malformed',
);
