import { afterEach, describe, expect, it, vi } from 'vitest';
import * as mcps from '../src/index.js';
import { people } from './support/values.js';

const { authority, agent, stranger, passport } = people();
const STORE = { 'authority.example': authority.publicKey };

afterEach(() => {
  vi.useRealTimers();
});

/** An authority, an issuing passport of it, and a passport below that. */
function chainOf(issuing?: { depth: number; level: 0 | 1 | 2 | 3 | 4; capabilities: string[] }): mcps.PassportObject {
  const middle = mcps.generateKeyPair();
  const right = issuing === undefined ? {} : { issuing };
  const issuer = mcps.signPassport(
    mcps.createPassport({ name: 'team', publicKey: middle.publicKey, issuer: 'authority.example', ...right }),
    authority.privateKey,
  );
  const leaf = mcps.createPassport({
    name: 'worker',
    publicKey: agent.publicKey,
    issuer: issuer.passport_id,
    issuerChain: [issuer],
    ttlDays: 30,
  });
  return mcps.signPassport(leaf, middle.privateKey);
}

describe('a passport', () => {
  it('has the published members', () => {
    const { publicKey } = agent;
    const made = mcps.createPassport({
      name: 'my-agent',
      version: '2.0.0',
      publicKey,
      capabilities: ['read'],
      origin: 'https://tools.example',
      previousKeyHash: 'a'.repeat(64),
      scanResults: { passed: true },
      ttlDays: 1,
    });
    expect(made).toEqual({
      mcps_version: '1.0',
      passport_id: expect.stringMatching(/^asp_[0-9a-f]{32}$/),
      agent: { name: 'my-agent', version: '2.0.0', capabilities: ['read'] },
      public_key: mcps.publicKeyToJWK(publicKey),
      origin: 'https://tools.example',
      scan: { passed: true },
      trust_level: 0,
      issued_at: expect.any(String),
      expires_at: expect.any(String),
      issuer: 'self',
      issuer_chain: [],
      key_rotation: { previous_key_hash: 'a'.repeat(64), rotated_at: made.issued_at },
    });
    expect(Date.parse(made.expires_at) - Date.parse(made.issued_at)).toBe(86_400_000);
    expect(mcps.validatePassportFormat(made)).toEqual({ valid: true, error: null });
  });

  it('is refused, and never cut, where it says too much', () => {
    const capabilities = Array.from({ length: mcps.MAX_CAPABILITIES + 1 }, (_, index) => `c${index}`);
    expect(() => mcps.createPassport({ name: 'a', publicKey: agent.publicKey, capabilities })).toThrow();
    const issuerChain = Array.from({ length: mcps.MAX_ISSUER_CHAIN_DEPTH + 1 }, () => 'e30=');
    expect(() => mcps.createPassport({ name: 'a', publicKey: agent.publicKey, issuerChain })).toThrow(/at most 5/);
    expect(mcps.validatePassportFormat({ ...passport, issuer_chain: issuerChain })).toMatchObject({
      error: { code: 'MCPS-014' },
    });
    const large = { ...passport, scan: { text: 'x'.repeat(mcps.MAX_PASSPORT_BYTES) } };
    expect(mcps.validatePassportFormat(large)).toMatchObject({ error: { code: 'MCPS-013' } });
    expect(() => mcps.createPassport({ name: 'a' } as never)).toThrow(/publicKey/);
  });

  it('is signed by whoever issues it, self-issued ones by an authority as well', () => {
    expect(mcps.verifyPassportSignature(passport, authority.publicKey)).toBe(true);
    expect(mcps.verifyPassportSignature(passport, stranger.publicKey)).toBe(false);
    expect(mcps.verifyPassportSignature({ ...passport, trust_level: 4 }, authority.publicKey)).toBe(false);
    const self = mcps.createPassport({ name: 'a', publicKey: agent.publicKey });
    expect(mcps.verifyPassportSignature(self, agent.publicKey)).toBe(false);
    expect(mcps.verifyPassportSignature(mcps.signPassport(self, authority.privateKey), authority.publicKey)).toBe(true);
  });

  it('expires', () => {
    expect(mcps.isPassportExpired(passport)).toBe(false);
    vi.useFakeTimers({ now: Date.parse(passport.expires_at), toFake: ['Date'] });
    expect(mcps.isPassportExpired(passport)).toBe(true);
    expect(mcps.validatePassportFormat(passport)).toMatchObject({ error: { code: 'MCPS-002' } });
    expect(mcps.verifyIssuerChain(passport, STORE)).toMatchObject({ valid: false, error: { code: 'MCPS-002' } });
    expect(mcps.getEffectiveTrustLevel(passport, STORE)).toBe(0);
  });

  it('is bound to its origin', () => {
    const bound = { ...passport, origin: 'https://tools.example' };
    expect(mcps.validateOrigin(bound, 'https://tools.example:443/mcp')).toEqual({ valid: true, error: null });
    for (const origin of ['https://evil.example', 'http://tools.example', '', undefined]) {
      expect(mcps.validateOrigin(bound, origin as never)).toMatchObject({ error: { code: 'MCPS-011' } });
    }
    expect(mcps.validateOrigin(passport, 'https://tools.example').valid).toBe(false);
  });
});

describe('an issuer chain', () => {
  it('leads to an authority that is believed', () => {
    const direct = { valid: true, error: null, root_issuer: 'authority.example', chain_length: 1 };
    expect(mcps.verifyIssuerChain(passport, STORE)).toEqual(direct);
    expect(mcps.verifyIssuerChain(passport, { 'authority.example': [authority.publicKey] })).toEqual(direct);
    const below = chainOf({ depth: 0, level: 1, capabilities: [] });
    expect(mcps.verifyIssuerChain(below, STORE)).toEqual({ ...direct, chain_length: 2 });
    expect(mcps.verifyIssuerChain(below, { 'authority.example': stranger.publicKey }).valid).toBe(false);
    expect(mcps.verifyIssuerChain(below, {})).toMatchObject({ valid: false, root_issuer: null, chain_length: 0 });
  });

  it('counts only where each issuer has the right to issue, unless that is waived by name', () => {
    const below = chainOf();
    expect(mcps.verifyIssuerChain(below, STORE)).toMatchObject({ valid: false, reason: 'issuing_not_permitted' });
    expect(mcps.verifyIssuerChain(below, STORE, { allowChainsWithoutIssuingRight: true }).valid).toBe(true);
  });
});

describe('the effective trust level', () => {
  it('is read from what has been verified, and never from what is claimed', () => {
    const claimed = { ...passport, trust_level: 4 };
    expect(mcps.getEffectiveTrustLevel(passport, STORE)).toBe(1);
    expect(mcps.getEffectiveTrustLevel(claimed, STORE)).toBe(0);
    expect(mcps.getEffectiveTrustLevel(claimed)).toBe(0);
    expect(mcps.getEffectiveTrustLevel(claimed, ['authority.example'])).toBe(0);
    expect(mcps.getEffectiveTrustLevel(passport, { 'authority.example': stranger.publicKey })).toBe(0);
    const self = mcps.signPassport(mcps.createPassport({ name: 'a', publicKey: agent.publicKey }), agent.privateKey);
    expect(mcps.getEffectiveTrustLevel(self, STORE)).toBe(0);
  });
});

describe('versions', () => {
  it('the highest common one is chosen, number by number', () => {
    expect(mcps.negotiateVersion('1.0')).toBe('1.0');
    expect(mcps.negotiateVersion(['1.9', '1.10', '2.0'], ['1.9', '1.10'])).toBe('1.10');
    expect(mcps.negotiateVersion(['2.0'])).toBeNull();
    expect(mcps.negotiateVersion(['1.0'], '1.0')).toBe('1.0');
  });
});

describe('a nonce store', () => {
  it('accepts each nonce once', () => {
    const store = new mcps.NonceStore();
    expect(store.check('abc123')).toBe(true);
    expect(store.check('abc123')).toBe(false);
    expect(store.check('abc124')).toBe(true);
    expect(store.nonces.size).toBe(2);
    for (const none of [undefined, null, '', 7, {}, 'x'.repeat(257)]) expect(store.check(none)).toBe(false);
    expect(store.nonces.size).toBe(2);
    store.destroy();
    expect(store.nonces.size).toBe(0);
    expect(store.check('abc125')).toBe(false);
  });

  it('remembers a nonce for as long as a message dated ahead can be used, and no longer', () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    const store = new mcps.NonceStore(1_000);
    expect(store.check('abc123')).toBe(true);
    vi.advanceTimersByTime(61_000);
    expect(store.check('abc123')).toBe(false);
    vi.advanceTimersByTime(2_000);
    expect(store.check('another')).toBe(true);
    expect(store.nonces.size).toBeLessThanOrEqual(2);
    expect(store.check('abc123')).toBe(true);
  });
});

describe('constants', () => {
  it('are the published ones', () => {
    expect(mcps.MCPS_VERSION).toBe('1.0');
    expect(mcps.SUPPORTED_VERSIONS).toEqual(['1.0']);
    expect([mcps.MAX_ISSUER_CHAIN_DEPTH, mcps.MAX_PASSPORT_BYTES, mcps.MAX_CAPABILITIES]).toEqual([5, 8192, 64]);
    expect(mcps.TRUST_LEVELS).toEqual({ UNSIGNED: 0, IDENTIFIED: 1, VERIFIED: 2, SCANNED: 3, AUDITED: 4 });
    const codes = Object.values(mcps.ERROR_CODES);
    expect(codes.map(({ code }) => code)).toEqual(
      Array.from({ length: 15 }, (_, index) => `MCPS-${String(index + 1).padStart(3, '0')}`),
    );
    expect(codes.map(({ jsonrpc_code }) => jsonrpc_code)).toEqual(
      Array.from({ length: 15 }, (_, index) => -33001 - index),
    );
    expect(mcps.createTranscriptMAC).toBe(mcps.createTranscriptBinding);
    expect(mcps.verifyTranscriptMAC).toBe(mcps.verifyTranscriptBinding);
    expect(mcps.canonicalJSON({ b: 1, a: [1.0, 'é'] })).toBe('{"a":[1,"é"],"b":1}');
  });
});
