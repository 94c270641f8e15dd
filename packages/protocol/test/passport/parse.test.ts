import { canonicalize, canonicalizeToBytes, encodeUtf8 } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { McpsError, parsePassport } from '../../src/index.js';
import { reasonOf } from '../support/refusal.js';
import { Authority, draftOf } from './world.js';
import type { Draft } from './world.js';

let valid: Draft;

beforeAll(async () => {
  const { passport } = await (
    await Authority.create()
  ).issue({
    capabilities: ['tools/call'],
    origin: 'https://agent.example',
    issuing: { depth: 1, level: 2, capabilities: ['*'] },
    statusIndex: 7,
    minVersion: '1.0',
    keyRotation: { previous_key_hash: 'a'.repeat(64), rotated_at: '2026-02-01T00:00:00Z' },
    scan: { any: ['thing'] },
  });
  valid = draftOf(passport);
});

/** The RFC 8785 form of a passport made exactly `size` bytes long by padding its scan results. */
function ofSize(size: number): Draft {
  const draft = { ...valid, scan: { padding: '' } };
  const missing = size - canonicalizeToBytes(draft).length;
  return { ...draft, scan: { padding: 'x'.repeat(missing) } };
}

describe('what is read', () => {
  it('is the passport as it came, from an object, a text and UTF-8', () => {
    const text = JSON.stringify(valid, null, 2);
    for (const source of [valid, text, encodeUtf8(text)]) {
      expect(draftOf(parsePassport(source).passport)).toEqual(valid);
    }
  });

  it('is a copy, frozen in depth', () => {
    const source = draftOf(valid);
    const { passport } = parsePassport(source);
    source['agent'].name = 'somebody else';
    expect(passport.agent.name).toBe('agent');
    for (const part of [passport, passport.agent, passport.agent.capabilities, passport.ext?.issuing, passport.scan]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('takes what published writers leave open', () => {
    const { ext: _ext, key_rotation: _rotation, scan: _scan, signature, ...published } = valid;
    for (const issuer of ['self', null]) {
      expect(parsePassport({ ...published, issuer, origin: null, public_key: null, scan: null }).passport.issuer).toBe(
        issuer,
      );
    }
    const { issuer: _issuer, ...unnamed } = published;
    expect('issuer' in parsePassport(unnamed).passport).toBe(false);
    for (const time of ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.123456Z', '2026-03-01T12:00:00.123456789Z']) {
      expect(
        parsePassport({ ...published, issued_at: time, expires_at: '2027-01-01T00:00:00Z', signature }).passport
          .issued_at,
      ).toBe(time);
    }
  });
});

const at = (path: string, value: unknown) => (draft: Draft) => {
  const names = path.split('.');
  const last = names.pop()!;
  names.reduce((object, name) => object[name], draft)[last] = value;
};
const without = (path: string) => (draft: Draft) => {
  const names = path.split('.');
  const last = names.pop()!;
  delete names.reduce((object, name) => object[name], draft)[last];
};

const TEXTS = ['', 'x'.repeat(257), 'line\nfeed', 'bell\u0007', '\u007f', '\u0085', 1, null, {}, ['x']];
const TIMES = [
  '2026-03-01',
  '2026-03-01T12:00:00+00:00',
  '2026-03-01t12:00:00z',
  '2026-02-30T00:00:00Z',
  1772366400000,
  null,
];
const HASHES = ['', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), null];

const FAULTS: [string, (draft: Draft) => void][] = [
  ...['1.1', '1.0.0', 1, null, '__proto__', 'constructor'].map((v): [string, (d: Draft) => void] => [
    `version ${v}`,
    at('mcps_version', v),
  ]),
  ...[
    'asp_',
    `asp_${'A'.repeat(32)}`,
    `asp_${'a'.repeat(31)}`,
    `asp_${'a'.repeat(33)}`,
    'a'.repeat(36),
    `asp_${'a'.repeat(32)}\n`,
    null,
  ].map((v): [string, (d: Draft) => void] => [`id ${JSON.stringify(v)}`, at('passport_id', v)]),
  ...[-1, 5, 1.5, '1', null, true].map((v): [string, (d: Draft) => void] => [`level ${v}`, at('trust_level', v)]),
  ...['agent.name', 'agent.version', 'agent.capabilities.0', 'ext.issuing.capabilities.0'].flatMap((path) =>
    TEXTS.map((v): [string, (d: Draft) => void] => [`${path} ${JSON.stringify(v)}`, at(path, v)]),
  ),
  ...TEXTS.filter((v) => v !== null).map((v): [string, (d: Draft) => void] => [
    `issuer ${JSON.stringify(v)}`,
    at('issuer', v),
  ]),
  ...['issued_at', 'expires_at', 'key_rotation.rotated_at'].flatMap((path) =>
    TIMES.map((v): [string, (d: Draft) => void] => [`${path} ${v}`, at(path, v)]),
  ),
  ...HASHES.map((v): [string, (d: Draft) => void] => [
    `previous_key_hash ${v}`,
    at('key_rotation.previous_key_hash', v),
  ]),
  [
    'capabilities: 65',
    at(
      'agent.capabilities',
      Array.from({ length: 65 }, (_, i) => `c${i}`),
    ),
  ],
  ['capabilities: an object', at('agent.capabilities', {})],
  [
    'issuing capabilities: 65',
    at(
      'ext.issuing.capabilities',
      Array.from({ length: 65 }, (_, i) => `c${i}`),
    ),
  ],
  ['issuing depth -1', at('ext.issuing.depth', -1)],
  ['issuing depth 5', at('ext.issuing.depth', 5)],
  ['issuing depth 0.5', at('ext.issuing.depth', 0.5)],
  ['issuing level 5', at('ext.issuing.level', 5)],
  ['issuing: more members', at('ext.issuing.for', 'ever')],
  ['issuing: null', at('ext.issuing', null)],
  ['issuing: no capabilities', without('ext.issuing.capabilities')],
  ['status_index -1', at('ext.status_index', -1)],
  ['status_index 0.5', at('ext.status_index', 0.5)],
  ['min_version 1', at('ext.min_version', '1')],
  ['min_version 01.0', at('ext.min_version', '01.0')],
  ['evidence: an object', at('ext.evidence', {})],
  ['evidence: no evidence', at('ext.evidence', [{}])],
  ['ext: unknown member', at('ext.narrower', true)],
  ['ext: an array', at('ext', [])],
  ['key: null members', at('public_key.x', null)],
  ['key: another curve', at('public_key.crv', 'P-384')],
  ['key: another type', at('public_key.kty', 'OKP')],
  ['key: short x', at('public_key.x', 'AA')],
  ['key: private part', at('public_key.d', 'A'.repeat(43))],
  ['key: a text', at('public_key', 'key')],
  ['origin: a number', at('origin', 1)],
  ['origin: too long', at('origin', `https://${'a'.repeat(2048)}`)],
  ['scan: a text', at('scan', 'pass')],
  ['chain: an object', at('issuer_chain', {})],
  ['chain: of numbers', at('issuer_chain', [1])],
  ['signature: absent although there is an issuer', without('signature')],
  ['signature: null', at('signature', null)],
  ['signature: 63 bytes', at('signature', 'A'.repeat(84))],
  ['signature: base64url', at('signature', `${'-'.repeat(86)}==`)],
  ['signature: not canonical', at('signature', `${'A'.repeat(85)}B==`)],
  ['expired before it was issued', at('expires_at', '2025-01-01T00:00:00Z')],
  ['unknown member', at('extra', 1)],
  ...[
    'mcps_version',
    'passport_id',
    'agent',
    'public_key',
    'origin',
    'trust_level',
    'issued_at',
    'expires_at',
    'issuer_chain',
    'agent.name',
  ].map((path): [string, (d: Draft) => void] => [`without ${path}`, without(path)]),
];

describe('what is refused as malformed', () => {
  it.each(FAULTS)('%s', (_name, deface) => {
    const draft = draftOf(valid);
    deface(draft);
    expect(reasonOf(() => parsePassport(draft))).toBe('passport_malformed');
  });

  it.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a text', '"asp_"'],
    ['no JSON', 'passport'],
    ['trailing data', '{} {}'],
    ['no UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
  ])('%s', (_name, source) => {
    expect(reasonOf(() => parsePassport(source))).toBe('passport_malformed');
  });

  it('a member that comes twice, one of which a lax reader would not see', () => {
    const text = JSON.stringify(valid).replace('{', '{"trust_level":4,');
    expect(reasonOf(() => parsePassport(text))).toBe('passport_malformed');
  });

  it('members that only a prototype has', () => {
    const { trust_level: level, ...rest } = valid;
    expect(reasonOf(() => parsePassport(Object.assign(Object.create({ trust_level: level }), rest)))).toBe(
      'passport_malformed',
    );
    const text = JSON.stringify(rest).replace('{', '{"__proto__":{"trust_level":4},');
    expect(reasonOf(() => parsePassport(text))).toBe('passport_malformed');
  });

  it('getters, which could answer differently each time', () => {
    const draft = draftOf(valid);
    Object.defineProperty(draft, 'trust_level', { enumerable: true, get: () => 4 });
    expect(reasonOf(() => parsePassport(draft))).toBe('passport_malformed');
  });

  it('nesting without end', () => {
    const text = JSON.stringify(valid).replace('"thing"', `${'['.repeat(2000)}${']'.repeat(2000)}`);
    expect(reasonOf(() => parsePassport(text))).toBe('passport_malformed');
  });

  it('and the error tells nothing of the passport', () => {
    const draft = { ...draftOf(valid), agent: { name: 'secret\nname', version: '1', capabilities: [] } };
    try {
      parsePassport(draft);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(McpsError);
      expect((error as McpsError).code).toBe('MCPS-001');
      expect((error as McpsError).message).not.toContain('secret');
    }
  });
});

describe('size', () => {
  it('is at most 8192 bytes of the RFC 8785 form', () => {
    expect(canonicalizeToBytes(ofSize(8192)).length).toBe(8192);
    expect(reasonOf(() => parsePassport(ofSize(8192)))).toBeUndefined();
    expect(reasonOf(() => parsePassport(ofSize(8193)))).toBe('passport_too_large');
    expect(reasonOf(() => parsePassport(JSON.stringify(ofSize(8193))))).toBe('passport_too_large');
  });

  it('counts bytes of UTF-8, not characters', () => {
    const draft = draftOf(ofSize(8192));
    draft['scan'].padding = `${draft['scan'].padding.slice(1)}é`;
    expect(reasonOf(() => parsePassport(draft))).toBe('passport_too_large');
  });

  it('does not count white space and escapes of a text, as they are not signed', () => {
    const text = JSON.stringify(ofSize(8192), null, 8);
    expect(text.length).toBeGreaterThan(8192);
    expect(reasonOf(() => parsePassport(text))).toBeUndefined();
    const escaped = canonicalize(ofSize(8192)).replace(/x/g, '\\u0078');
    expect(reasonOf(() => parsePassport(escaped))).toBeUndefined();
  });

  it('bounds a text before it is parsed', () => {
    expect(reasonOf(() => parsePassport(' '.repeat(6 * 8192 + 1)))).toBe('passport_too_large');
  });

  it('comes before shape, and shape before the number of issuers', () => {
    expect(reasonOf(() => parsePassport({ padding: 'x'.repeat(8192) }))).toBe('passport_too_large');
    const deep = Array.from({ length: 6 }, () => 'AAAA');
    expect(reasonOf(() => parsePassport({ ...valid, trust_level: 9, issuer_chain: deep }))).toBe('passport_malformed');
  });

  it('can be set lower', () => {
    expect(reasonOf(() => parsePassport(valid, { maxBytes: 100 }))).toBe('passport_too_large');
    for (const maxBytes of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => parsePassport(valid, { maxBytes })).toThrow(TypeError);
    }
  });
});

describe('boundaries', () => {
  it('64 capabilities', () => {
    const draft = draftOf(valid);
    draft['agent'].capabilities = Array.from({ length: 64 }, (_, i) => `c${i}`);
    expect(reasonOf(() => parsePassport(draft))).toBeUndefined();
  });

  it('5 issuers, never cut from 6', () => {
    const issuers = (count: number) => Array.from({ length: count }, () => 'AAAA');
    expect(reasonOf(() => parsePassport({ ...valid, issuer_chain: issuers(5) }))).toBeUndefined();
    expect(reasonOf(() => parsePassport({ ...valid, issuer_chain: issuers(6) }))).toBe('chain_too_deep');
  });

  it('256 characters of a name', () => {
    const draft = draftOf(valid);
    draft['agent'].name = 'x'.repeat(256);
    expect(reasonOf(() => parsePassport(draft))).toBeUndefined();
  });
});
