import { Buffer } from 'node:buffer';
import { KEYS } from '../keys.mjs';
import { ORDER, hex, highS, sha256Hex, signBytes, utf8, withS } from '../signatures.mjs';
import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'signatures',
  layer: 'crypto',
  description:
    'ES256 over `data` (hex) by `publicKey`. `form` p1363: the 64 bytes r‖s, in hex; `form` der: an ECDSA-Sig-Value that has to be converted first. A rejection of code `signature_invalid` is a signature of the right form that does not verify.',
  input: {
    required: ['form', 'publicKey', 'data', 'signature'],
    properties: {
      form: { enum: ['p1363', 'der'] },
      publicKey: { type: 'object' },
      data: { type: 'string' },
      signature: { type: 'string' },
      requireLowS: { type: 'boolean' },
    },
    additionalProperties: false,
  },
});
export default suite;

const data = utf8('MCPS');
const good = signBytes(KEYS.agent, data);
const high = highS(good);
const r = good.subarray(0, 32);
const s = good.subarray(32);
const bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const base = { form: 'p1363', publicKey: KEYS.agent.publicJwk, data: hex(data) };
const ok = (name, title, rule, signature, extra = {}) =>
  suite.accept(name, title, rule, { ...base, signature: hex(signature), ...extra });
const no = (name, title, rule, signature, code, extra = {}) =>
  suite.reject(name, title, rule, { ...base, signature: hex(signature), ...extra }, code);

ok('valid', 'a valid signature', 'r and s of 32 bytes each, over SHA-256 of the data.', good);
ok(
  'high-s',
  'the other valid form',
  'A verifier takes both forms of s unless told otherwise: some signers do not normalise.',
  high,
);
ok('low-s-strict', 'low s where it is asked for', 'A low s passes the strict option.', good, { requireLowS: true });
no(
  'high-s-strict',
  'high s where low is asked for',
  'The strict option refuses the other form.',
  high,
  'signature_malformed',
  { requireLowS: true },
);
no('wrong-key', 'another key', 'The signature is by this key.', good, 'signature_invalid', {
  publicKey: KEYS.server.publicJwk,
});
no('wrong-data', 'other data', 'The signature is over this data.', good, 'signature_invalid', {
  data: hex(utf8('MCPT')),
});
no('empty-data', 'no data', 'The signature is over all of the data.', good, 'signature_invalid', { data: '' });
no('longer-data', 'data with one more byte', 'Nothing may be added.', good, 'signature_invalid', {
  data: `${hex(data)}00`,
});
no('digest-as-data', 'the digest in place of the data', 'The data is hashed exactly once.', good, 'signature_invalid', {
  data: sha256Hex(data),
});
no('swapped-halves', 's before r', 'r comes first.', Buffer.concat([s, r]), 'signature_invalid');
no(
  'flipped-bit',
  'one bit changed',
  'Every bit counts.',
  Buffer.from(good.map((byte, index) => (index === 40 ? byte ^ 1 : byte))),
  'signature_invalid',
);
no('empty', 'no signature', 'A signature has 64 bytes.', Buffer.alloc(0), 'signature_length');
no('short', '63 bytes', 'Not one byte less.', good.subarray(0, 63), 'signature_length');
no('long', '65 bytes', 'Not one byte more.', Buffer.concat([good, Buffer.alloc(1)]), 'signature_length');
no('zero-r', 'r = 0', 'r is at least 1.', Buffer.concat([bytes32(0n), s]), 'signature_range');
no('zero-s', 's = 0', 's is at least 1.', withS(good, 0n), 'signature_range');
no('order-r', 'r = n', 'r is below the order of the group.', Buffer.concat([bytes32(ORDER), s]), 'signature_range');
no('order-s', 's = n', 's is below the order of the group.', withS(good, ORDER), 'signature_range');
no('max-r', 'r of 256 ones', 'r is not reduced.', Buffer.concat([bytes32(2n ** 256n - 1n), s]), 'signature_range');
no(
  'der-for-p1363',
  'DER where 64 bytes are due',
  'DER is not recognised where 64 bytes are due.',
  toDer(r, s),
  'signature_length',
);

ok('der-valid', 'a valid DER signature', 'DER converts to 64 bytes.', toDer(r, s), { form: 'der' });
no('der-p1363', '64 bytes where DER is due', '64 bytes are not recognised where DER is due.', good, 'signature_der', {
  form: 'der',
});
no(
  'der-trailing',
  'a byte after the end',
  'Nothing follows the sequence.',
  Buffer.concat([toDer(r, s), Buffer.alloc(1)]),
  'signature_der',
  { form: 'der' },
);
no('der-truncated', 'cut off', 'The sequence is complete.', toDer(r, s).subarray(0, 20), 'signature_der', {
  form: 'der',
});
no(
  'der-negative',
  'a negative integer',
  'Integers whose first bit is set have a zero before them.',
  sequence([integer(Buffer.concat([Buffer.from([0x80]), Buffer.alloc(31, 1)])), positive(s)]),
  'signature_der',
  { form: 'der' },
);
no(
  'der-leading-zero',
  'a zero too many',
  'Integers have no leading zeros that are not needed.',
  sequence([integer(Buffer.concat([Buffer.from([0]), Buffer.alloc(31, 1)])), positive(s)]),
  'signature_der',
  { form: 'der' },
);
no(
  'der-long-length',
  'a length in long form',
  'Short lengths are written in the short form.',
  Buffer.concat([Buffer.from([0x30, 0x81]), toDer(r, s).subarray(1)]),
  'signature_der',
  { form: 'der' },
);
no(
  'der-wrong-tag',
  'a set in place of a sequence',
  'The outer tag is SEQUENCE.',
  Buffer.concat([Buffer.from([0x31]), toDer(r, s).subarray(1)]),
  'signature_der',
  { form: 'der' },
);
no(
  'der-three-integers',
  'three integers',
  'There are two integers.',
  sequence([positive(r), positive(s), positive(s)]),
  'signature_der',
  { form: 'der' },
);

function toDer(first, second) {
  return sequence([positive(first), positive(second)]);
}
function sequence(parts) {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
function integer(content) {
  return Buffer.concat([Buffer.from([2, content.length]), content]);
}
function positive(value) {
  let start = 0;
  while (start < 31 && value[start] === 0) start += 1;
  const trimmed = value.subarray(start);
  return integer((trimmed[0] & 0x80) === 0 ? trimmed : Buffer.concat([Buffer.alloc(1), trimmed]));
}
