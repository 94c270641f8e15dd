import { generateKeyPair } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import {
  createTrustAnchorsSync,
  signPassportSync,
  toolDefinitionHashSync,
  verifyPassportSignatureWithKeySync,
  verifyPassportSync,
} from '../../src/node.js';
import { createPassport, parsePassport, verifyPassportSignatureWithKey } from '../../src/passport/index.js';
import { signToolDefinition, toolDefinitionHash } from '../../src/tool/index.js';
import { reasonOf, rejectionOf } from '../support/refusal.js';

const authority = await generateKeyPair();
const agent = await generateKeyPair();
const draft = createPassport({ name: 'a', version: '1', publicKey: agent.publicKey, issuer: 'authority.example' });

describe('what callers of the published functions need', () => {
  it('a passport need not be signed yet to be held to its form, and is refused where it is verified', () => {
    const anchors = createTrustAnchorsSync([{ issuer: 'authority.example', keys: [authority.publicKey] }]);
    expect(reasonOf(() => parsePassport(draft))).toBe('passport_malformed');
    const parsed = parsePassport(draft, { allowUnsigned: true });
    expect(parsed.passport.agent.name).toBe('a');
    expect(reasonOf(() => verifyPassportSync(parsed.passport, { anchors }))).toBe('passport_malformed');
    expect(reasonOf(() => verifyPassportSync(parsed, { anchors }))).toBe('passport_malformed');
  });

  it('a signature alone is verified with a key, whoever the passport names', async () => {
    const self = createPassport({ name: 'a', version: '1', publicKey: agent.publicKey });
    expect(() => signPassportSync(self, authority.privateKey)).toThrow(
      expect.objectContaining({ code: 'key_mismatch' }),
    );
    const signed = signPassportSync(self, authority.privateKey, { acceptAnyIssuerKey: true });
    verifyPassportSignatureWithKeySync(signed, authority.publicKey);
    await verifyPassportSignatureWithKey(signed, authority.publicKey);
    expect(reasonOf(() => verifyPassportSignatureWithKeySync(signed, agent.publicKey))).toBe(
      'passport_signature_invalid',
    );
    expect(await rejectionOf(verifyPassportSignatureWithKey(self, agent.publicKey))).toBe('passport_signature_invalid');
    // Whoever looks for its issuer is not taken in.
    const anchors = createTrustAnchorsSync([]);
    expect(reasonOf(() => verifyPassportSync(signed, { anchors }))).toBe('passport_signature_invalid');
  });

  it('the hash of a published tool signature can be had without the signature', async () => {
    const tool = { name: 'a', description: 'b', title: 'not covered' };
    const { toolHash } = await signToolDefinition(tool, agent.privateKey, { authorOrigin: 'https://a.example' });
    expect(toolDefinitionHashSync(tool, { authorOrigin: 'https://a.example' })).toBe(toolHash);
    expect(await toolDefinitionHash(tool)).not.toBe(toolHash);
    expect(await rejectionOf(toolDefinitionHash({ name: 'a' }))).toBe('tool_malformed');
  });

  it('anchors are made at once, under the same rules', () => {
    const anchor = { issuer: 'authority.example', keys: [authority.publicKey] };
    expect(createTrustAnchorsSync([anchor]).get('authority.example')?.keys).toEqual([authority.publicKey]);
    for (const wrong of [
      { ...anchor, issuer: 'self' },
      { ...anchor, keys: [] },
      { ...anchor, keys: ['no key'] },
    ]) {
      expect(() => createTrustAnchorsSync([wrong])).toThrow(expect.objectContaining({ code: 'option_invalid' }));
    }
    expect(() => createTrustAnchorsSync([anchor, { ...anchor, issuer: 'another.example' }])).toThrow(/listed already/);
  });
});
