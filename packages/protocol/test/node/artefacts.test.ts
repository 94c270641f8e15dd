import { generateKeyPair } from '@mcps/crypto';
import { beforeAll, expect, it } from 'vitest';
import { isVerified, verifyModel, verifyTool, verifyToolDefinition, verifyTranscriptBinding } from '../../src/index.js';
import {
  createTranscriptBindingSync,
  signModelSync,
  signToolDefinitionSync,
  signToolSync,
  verifyModelSync,
  verifyToolDefinitionSync,
  verifyToolSync,
  verifyTranscriptBindingSync,
} from '../../src/node.js';
import { reasonOf, rejectionOf } from '../support/refusal.js';
import { PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const TOOL = { name: 'read_file', description: 'Reads a file', inputSchema: { type: 'object' } };
const MODEL = { name: 'm', version: '1', format: 'gguf', file_hash: 'a'.repeat(64) };

let keys: KeyPair;
beforeAll(async () => {
  keys = await generateKeyPair();
});

it('signs and verifies whole tools as the asynchronous form does', async () => {
  const signed = signToolSync(TOOL, { passportId: PASSPORT_ID, key: keys.privateKey, clock });
  const verified = verifyToolSync(signed, keys.publicKey);
  expect(verified).toEqual(await verifyTool(signed, () => keys.publicKey));
  expect(isVerified(verified, 'tool')).toBe(true);
  expect(reasonOf(() => verifyToolSync({ ...signed, title: 'x' }, keys.publicKey))).toBe('tool_hash_mismatch');
  expect(reasonOf(() => verifyToolSync(signed, undefined))).toBe('tool_signer_unknown');
  const kept = verified.tool;
  (signed as Record<string, unknown>)['description'] = 'changed since';
  expect(kept['description']).toBe(TOOL.description);
});

it('signs and verifies published tool definitions', async () => {
  const { signature, toolHash } = signToolDefinitionSync(TOOL, keys.privateKey);
  expect(verifyToolDefinitionSync(TOOL, signature, keys.publicKey)).toEqual({ toolHash, hashChanged: false });
  expect(await rejectionOf(verifyToolDefinition(TOOL, signature, keys.publicKey))).toBeUndefined();
  expect(reasonOf(() => verifyToolDefinitionSync({ ...TOOL, name: 'x' }, signature, keys.publicKey))).toBe(
    'tool_signature_invalid',
  );
});

it('signs and verifies models', async () => {
  const signed = signModelSync(MODEL, { passportId: PASSPORT_ID, key: keys.privateKey, clock });
  expect(verifyModelSync(signed, keys.publicKey)).toEqual(await verifyModel(signed, () => keys.publicKey));
  expect(reasonOf(() => verifyModelSync({ ...signed, name: 'x' }, keys.publicKey))).toBe('model_signature_invalid');
  expect(reasonOf(() => verifyModelSync(signed, keys.publicKey, { fileHash: 'b'.repeat(64) }))).toBe(
    'model_hash_mismatch',
  );
});

it('signs and verifies published transcript bindings', async () => {
  const binding = createTranscriptBindingSync({ a: 1 }, { b: 2 }, keys.privateKey);
  verifyTranscriptBindingSync(binding, keys.publicKey, { a: 1 }, { b: 2 });
  expect(await rejectionOf(verifyTranscriptBinding(binding, keys.publicKey, { a: 1 }, { b: 2 }))).toBeUndefined();
  expect(reasonOf(() => verifyTranscriptBindingSync(binding, keys.publicKey, { a: 1 }, {}))).toBe('binding_mismatch');
});
