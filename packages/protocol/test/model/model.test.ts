import {
  canonicalize,
  decodeBase64,
  encodeBase64,
  encodeUtf8,
  generateKeyPair,
  parseJson,
  sign,
  verify,
} from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { contextBytes, isVerified, signModel, verifyModel } from '../../src/index.js';
import type { JsonObject, ModelMetadata, SignedModel } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { NOW, NOW_TEXT, PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const HASH = '0123456789abcdef'.repeat(4);
const MODEL: ModelMetadata = {
  name: 'example-7b',
  version: '1.2.0',
  format: 'safetensors',
  file_hash: HASH,
  source: 'https://models.example.com/example-7b',
  licence: 'Apache-2.0',
  parameter_count: 7_000_000_000,
};
const SMALL: ModelMetadata = { name: 'm', version: '1', format: 'gguf', file_hash: HASH };

let publisher: KeyPair;
beforeAll(async () => {
  publisher = await generateKeyPair();
});

const signed = (model: ModelMetadata) =>
  signModel(model, { passportId: PASSPORT_ID, key: publisher.privateKey, clock });
const signers = (signedBy: string) => (signedBy === PASSPORT_ID ? publisher.publicKey : undefined);

describe('signed model metadata', () => {
  it.each([MODEL, SMALL])('verifies: $name', async (model) => {
    const document = await signed(model);
    expect(document).toEqual({ ...model, signed_by: PASSPORT_ID, signed_at: NOW_TEXT, signature: document.signature });
    const verified = await verifyModel(parseJson(JSON.stringify(document)), signers);
    expect(verified).toEqual({ model, signedBy: PASSPORT_ID, signedAtMs: NOW, fileMatches: false });
    expect(isVerified(verified, 'model')).toBe(true);
    expect(Object.isFrozen(verified.model)).toBe(true);
  });

  it('is signed under its context over all other members', async () => {
    const { signature, ...rest } = await signed(MODEL);
    const bytes = contextBytes('model', encodeUtf8(canonicalize(rest)));
    expect(await verify(publisher.publicKey, bytes, decodeBase64(signature))).toBe(true);
  });

  it('is refused with any member changed or taken away', async () => {
    const document = await signed(MODEL);
    const changes: Record<keyof SignedModel, unknown> = {
      name: 'other',
      version: '1.2.1',
      format: 'pickle',
      file_hash: 'f'.repeat(64),
      source: 'https://attacker.example.com',
      licence: 'MIT',
      parameter_count: 8,
      signed_by: 'asp_other',
      signed_at: '2026-01-02T03:04:05.679Z',
      signature: encodeBase64(new Uint8Array(64).fill(1)),
    };
    for (const [name, value] of Object.entries(changes)) {
      const changed = { ...document, [name]: value };
      expect(await rejectionOf(verifyModel(changed, () => publisher.publicKey)), name).toBe('model_signature_invalid');
      const { [name as 'name']: _removed, ...less } = document;
      const optional = ['source', 'licence', 'parameter_count'].includes(name);
      const reason = optional ? 'model_signature_invalid' : 'model_malformed';
      expect(await rejectionOf(verifyModel(less, signers)), name).toBe(reason);
    }
  });

  it.each<[string, JsonObject]>([
    ['a member that nobody knows', { runner: 'sh' }],
    ['an own __proto__', parseJson('{"__proto__":{"name":"x"}}') as JsonObject],
    ['an empty name', { name: '' }],
    ['a name that is no text', { name: ['m'] }],
    ['a name without end', { name: 'x'.repeat(257) }],
    ['half a character', { name: '\ud800' }],
    ['an upper-case hash', { file_hash: 'A'.repeat(64) }],
    ['a short hash', { file_hash: 'a'.repeat(63) }],
    ['a hash of another length and kind', { file_hash: 'sha256:a' }],
    ['null for a source', { source: null }],
    ['a fraction of a parameter', { parameter_count: 1.5 }],
    ['no parameters', { parameter_count: 0 }],
    ['more parameters than a double counts', { parameter_count: 2 ** 53 }],
  ])('has exact members and types: %s', async (_title, changes) => {
    const own = Object.fromEntries(Object.entries(MODEL));
    for (const [name, value] of Object.entries(changes)) Object.defineProperty(own, name, { value, enumerable: true });
    expect(await rejectionOf(signed(own as unknown as ModelMetadata))).toBe('model_malformed');
    const document = Object.fromEntries(Object.entries(await signed(MODEL)));
    for (const [name, value] of Object.entries(changes))
      Object.defineProperty(document, name, { value, enumerable: true });
    expect(await rejectionOf(verifyModel(document, signers))).toBe('model_malformed');
  });

  it.each([null, undefined, 'text', 1, [], [{}], {}])('is an object: %j', async (value) => {
    expect(await rejectionOf(verifyModel(value, signers))).toBe('model_malformed');
  });

  it.each([{ signed_at: 'yesterday' }, { signature: '' }, { signature: 'AAAA' }, { signature: 5 }, { signed_by: '' }])(
    'has a signature of the right form: %o',
    async (changes) => {
      expect(await rejectionOf(verifyModel({ ...(await signed(MODEL)), ...changes }, signers))).toBe('model_malformed');
    },
  );

  it('needs a signer whom somebody trusts, and that signer', async () => {
    const document = await signed(MODEL);
    expect(await rejectionOf(verifyModel(document, () => undefined))).toBe('model_signer_unknown');
    const { publicKey } = await generateKeyPair();
    expect(await rejectionOf(verifyModel(document, () => Promise.resolve(publicKey)))).toBe('model_signature_invalid');
  });

  it('does not accept a signature of the same key under another context, or under none', async () => {
    const { signature: _signature, ...statement } = await signed(MODEL);
    const canonical = encodeUtf8(canonicalize(statement));
    for (const bytes of [canonical, contextBytes('tool', canonical), contextBytes('evidence', canonical)]) {
      const signature = encodeBase64(await sign(publisher.privateKey, bytes));
      expect(await rejectionOf(verifyModel({ ...statement, signature }, signers))).toBe('model_signature_invalid');
    }
  });

  it('is read once: what changes while the signer is looked up is not verified', async () => {
    const document: Record<string, unknown> = { ...(await signed(MODEL)) };
    const verified = await verifyModel(document, async (signedBy) => {
      document['file_hash'] = 'f'.repeat(64);
      return Promise.resolve(signers(signedBy));
    });
    expect(verified.model.file_hash).toBe(HASH);
  });
});

describe('the file', () => {
  it('is compared where its hash is given', async () => {
    const document = await signed(MODEL);
    expect((await verifyModel(document, signers, { fileHash: HASH })).fileMatches).toBe(true);
    for (const fileHash of ['f'.repeat(64), '', HASH.toUpperCase()]) {
      expect(await rejectionOf(verifyModel(document, signers, { fileHash }))).toBe('model_hash_mismatch');
    }
  });

  it('counts for nothing without a signature', async () => {
    const forged = { ...(await signed(MODEL)), name: 'other' };
    expect(await rejectionOf(verifyModel(forged, signers, { fileHash: HASH }))).toBe('model_signature_invalid');
  });
});
