import { importPublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTrustAnchors, previousKeyHash } from '../../src/index.js';
import type { TrustAnchors } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import published from './fixtures/published-1.0.json' with { type: 'json' };
import { verifyAt } from './world.js';

// Passports as an independent implementation of the published format writes and signs them.
let anchors: TrustAnchors;
const now = Date.parse(published.direct.issued_at) + 1000;
const compatibility = { issuingRightOptional: true };

beforeAll(async () => {
  anchors = await createTrustAnchors([{ issuer: 'root.example', keys: [published.root_public_key] }]);
});

describe('published passports', () => {
  it('verify below their root', async () => {
    const verified = await verifyAt(published.direct, anchors, { now, expectedOrigin: 'https://api.example/mcp' });
    expect(verified).toMatchObject({ standing: 'anchored', staticLevel: 1, passport: { scan: null, trust_level: 1 } });
  });

  it('verify through a chain without names and rights where that is asked for', async () => {
    expect(await rejectionOf(verifyAt(published.chained, anchors, { now }))).toBe('chain_link_mismatch');
    const verified = await verifyAt(published.chained, anchors, { now, compatibility });
    expect(verified.chain.map(({ passport }) => passport.agent.name)).toEqual(['second intermediate', 'intermediate']);
  });

  it('are level 0 without an issuer', async () => {
    for (const passport of [published.self, published.no_issuer]) {
      expect(await verifyAt(passport, anchors, { now })).toMatchObject({ standing: 'self-signed', staticLevel: 0 });
    }
  });

  it('are refused without a key', async () => {
    expect(await rejectionOf(verifyAt(published.keyless, anchors, { now }))).toBe('passport_key_invalid');
  });

  it('name a replaced key by the hash of its PEM text', async () => {
    const { passport } = await verifyAt(published.rotated, anchors, { now });
    const old = await importPublicKey(published.old_public_key);
    expect(passport.key_rotation?.previous_key_hash).toBe(await previousKeyHash(old.jwk));
  });

  it('are refused when changed', async () => {
    expect(await rejectionOf(verifyAt({ ...published.direct, trust_level: 2 }, anchors, { now }))).toBe(
      'passport_signature_invalid',
    );
  });
});
