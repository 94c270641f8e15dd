import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, HOUR, NOW, TREE_HEAD, at, base64, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'status-bitmaps',
  layer: 'protocol',
  description:
    'Status bitmaps, verified at `now` against the status keys of `anchors`. `accepted` are bitmaps that the verifier has accepted before, in this order. `asked` are status indices, -1 for a passport without one; `answers` what the bitmap says of them.',
  input: {
    required: ['bitmap', 'anchors', 'now'],
    properties: {
      bitmap: {},
      accepted: { type: 'array' },
      asked: { type: 'array', items: { type: 'integer' } },
      anchors: { type: 'array' },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

/** RFC 1950: the check value. */
function adler32(bytes) {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

/** A ZLIB stream of one stored block (RFC 1951, section 3.2.4), so that no compressor decides what the vectors hold. */
function stored(...bytes) {
  const buffer = Buffer.alloc(7 + bytes.length + 4);
  buffer.set([0x78, 0x01, 0x01, bytes.length, 0, ~bytes.length & 0xff, 0xff, ...bytes]);
  buffer.writeUInt32BE(adler32(bytes), 7 + bytes.length);
  return buffer;
}

/** The same in two stored blocks, one for each byte. */
function storedTwice(first, second) {
  const whole = stored(first, second);
  return Buffer.from([0x78, 0x01, 0, 1, 0, 0xfe, 0xff, first, 1, 1, 0, 0xfe, 0xff, second, ...whole.subarray(-4)]);
}

// Passports 0, 9 and 11 are revoked, out of 12: the lowest bit of a byte is the first.
const BYTES = [0b0000_0001, 0b0000_1010];
const members = {
  issuer: AUTHORITY,
  number: 7,
  epoch: 12,
  issued_at: at(-1000),
  next_update: at(HOUR),
  size: 12,
  bits: base64(stored(...BYTES)),
  tree_head: TREE_HEAD,
};
const bitmap = (overrides = {}, signer = 'status') => statement('status-bitmap', { ...members, ...overrides }, signer);
const withBits = (bytes, more = {}) => bitmap({ bits: base64(bytes), ...more });
const common = { anchors: ANCHORS, now: NOW };
const ok = (name, title, rule, document, answers, more = {}) =>
  suite.accept(
    name,
    title,
    rule,
    { bitmap: document, asked: Object.keys(answers).map(Number), ...common, ...more },
    { answers: Object.values(answers) },
  );
const no = (name, title, rule, document, reason = 'status_invalid', more = {}) =>
  suite.reject(name, title, rule, { bitmap: document, ...common, ...more }, reason);
const good = bitmap();

ok('valid', 'a bitmap', 'Bit i, the lowest of a byte first, is set where passport i is revoked.', good, {
  0: 'revoked',
  1: 'good',
  7: 'good',
  8: 'good',
  9: 'revoked',
  10: 'good',
  11: 'revoked',
});
ok('beyond', 'passports beyond its size', 'It tells nothing of passports beyond its size.', good, {
  12: 'unknown',
  4096: 'unknown',
});
ok('no-index', 'a passport without an index', 'It tells nothing of a passport without an index.', good, {
  '-1': 'unknown',
});
ok(
  'compressed',
  '1024 zeroes, compressed',
  'The bits are compressed as RFC 1950 has it, in any way that comes to the same bytes.',
  // Written once by zlib, and held here so that no other version of it writes them anew.
  withBits(Buffer.from('78da63601858000000800001', 'hex'), { size: 1024 }),
  { 0: 'good', 1023: 'good', 1024: 'unknown' },
);
ok('empty', 'of no passports', 'An authority may not have issued any.', withBits(stored(), { size: 0 }), {
  0: 'unknown',
});
ok(
  'newer',
  'after an older one',
  'A higher number follows a lower one, and what was revoked stays revoked.',
  withBits(stored(0b0000_0001, 0b0000_0000), { number: 8 }),
  { 0: 'revoked', 9: 'revoked', 10: 'good' },
  { accepted: [good] },
);
ok(
  'again',
  'the same set under the same number, compressed otherwise',
  'Replicas state the same, and need not compress alike.',
  withBits(storedTwice(...BYTES)),
  { 0: 'revoked', 1: 'good' },
  { accepted: [good] },
);

no('passport-key', 'signed by the key for passports', 'Bitmaps are signed by status keys.', bitmap({}, 'authority'));
no('stranger', 'signed by somebody else', 'Bitmaps come from the authority.', bitmap({}, 'stranger'));
no(
  'unknown-issuer',
  'of an issuer that nobody configured',
  'Bitmaps come from configured authorities.',
  bitmap({ issuer: 'elsewhere.mcps.test' }),
);
no('bits-changed', 'other bits', 'The bits are signed.', { ...good, bits: base64(stored(0, 0)) });
no('size-changed', 'another size', 'The size is signed.', { ...good, size: 13 });
no('number-changed', 'another number', 'The number is signed.', { ...good, number: 8 });
no('log-changed', 'another state of the log', 'The state of the log is signed.', {
  ...good,
  tree_head: { ...TREE_HEAD, tree_size: 10 },
});
no(
  'stale',
  'past its next update',
  'From the instant of the next update on it no longer counts.',
  bitmap({ next_update: at(0) }),
  'status_stale',
);
no(
  'future',
  'issued in the future',
  'A bitmap is not from the future, but for the tolerance.',
  bitmap({ issued_at: at(60_001) }),
);
no('reversed', 'a next update before the issue', 'A bitmap ends after it begins.', bitmap({ next_update: at(-1000) }));
no('too-short', 'of fewer bytes than its size', 'There is a bit for each passport.', withBits(stored(BYTES[0])));
no('too-long', 'of more bytes than its size', 'There is no bit for anybody else.', withBits(stored(...BYTES, 0)));
no(
  'dirty',
  'with a bit beyond its size',
  'The bits of the last byte beyond the size are zero.',
  withBits(stored(BYTES[0], BYTES[1] | 0b0001_0000)),
);
no('raw', 'not compressed', 'The bits are compressed.', withBits(Buffer.from(BYTES)));
no(
  'deflate-raw',
  'without the header and the check value',
  'The format is RFC 1950, not RFC 1951.',
  withBits(stored(...BYTES).subarray(2, -4)),
);
no(
  'check-value',
  'with another check value',
  'The check value is checked.',
  withBits(Buffer.from([...stored(...BYTES).subarray(0, -1), 0])),
);
no('cut', 'without its last byte', 'A stream is whole.', withBits(stored(...BYTES).subarray(0, -1)));
no('trailing', 'followed by one more byte', 'There is one stream.', withBits(Buffer.from([...stored(...BYTES), 0])));
no(
  'base64url',
  'in base64url',
  'The bits are in standard base64.',
  bitmap({ bits: stored(...BYTES).toString('base64url') }),
);
no('unpadded', 'without padding', 'Base64 has one spelling.', bitmap({ bits: members.bits.replaceAll('=', '') }));
no('no-bits', 'an empty text', 'There is a stream even of nothing.', bitmap({ size: 0, bits: '' }));
no('too-large', 'of more than 134,217,728 passports', 'The size has a bound.', bitmap({ size: 2 ** 27 + 1 }));
no('negative-size', 'a negative size', 'Sizes count from 0.', bitmap({ size: -1 }));
no('no-log', 'without the state of the log', 'Bitmaps commit to the log.', bitmap({ tree_head: undefined }));
no('no-epoch', 'without an epoch', 'A bitmap counts the revocations so far.', bitmap({ epoch: undefined }));
no('extra', 'one more member', 'Members are exact, signed or not.', bitmap({ note: 'x' }));
no('array', 'an array', 'A bitmap is an object.', [good]);
no(
  'rolled-back',
  'after a newer one',
  'After a newer bitmap an older one is refused.',
  good,
  'status_list_rolled_back',
  { accepted: [bitmap({ number: 8 })] },
);
no(
  'forked',
  'another set under the same number',
  'A number is used for one set.',
  withBits(stored(0, 0)),
  'status_list_rolled_back',
  { accepted: [good] },
);
no(
  'fewer',
  'of fewer revocations than before',
  'Revocations are only ever more.',
  bitmap({ number: 8, epoch: 11 }),
  'status_list_rolled_back',
  { accepted: [good] },
);
