import { canonicalize, decodeBase64, encodeUtf8, generateKeyPair, sha256Hex, verify } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { signTool, signToolDefinition, verifyToolDefinition } from '../../src/index.js';
import type { JsonObject, ToolSignature } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { PASSPORT_ID } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const TOOL = { name: 'read_file', description: 'Reads a file', inputSchema: { type: 'object', required: ['path'] } };
const ORIGIN = 'https://tools.example.com';

let author: KeyPair;
beforeAll(async () => {
  author = await generateKeyPair();
});

describe('the published form', () => {
  it.each<[string, JsonObject, string | undefined, string]>([
    ['without an origin', TOOL, undefined, canonicalize({ author_origin: null, ...TOOL })],
    ['with one', TOOL, ORIGIN, canonicalize({ author_origin: ORIGIN, ...TOOL })],
    [
      'without a schema',
      { name: 'ping', description: '' },
      undefined,
      '{"author_origin":null,"description":"","inputSchema":{},"name":"ping"}',
    ],
  ])(
    'signs the RFC 8785 form of the origin, the description, the schema and the name: %s',
    async (_title, tool, authorOrigin, text) => {
      const options = authorOrigin === undefined ? {} : { authorOrigin };
      const { signature, toolHash } = await signToolDefinition(tool, author.privateKey, options);
      const bytes = encodeUtf8(text);
      expect(toolHash).toBe(await sha256Hex(bytes));
      expect(await verify(author.publicKey, bytes, decodeBase64(signature))).toBe(true);
      expect(await verifyToolDefinition(tool, signature, author.publicKey, options)).toEqual({
        toolHash,
        hashChanged: false,
      });
    },
  );

  it('tells whether a pinned hash has changed', async () => {
    const { signature, toolHash } = await signToolDefinition(TOOL, author.privateKey);
    const verified = (pinnedHash: string) => verifyToolDefinition(TOOL, signature, author.publicKey, { pinnedHash });
    expect(await verified(toolHash)).toEqual({ toolHash, hashChanged: false });
    expect(await verified('0'.repeat(64))).toEqual({ toolHash, hashChanged: true });
  });

  it.each<[string, JsonObject, object, string]>([
    ['another name', { ...TOOL, name: 'write_file' }, {}, 'tool_signature_invalid'],
    ['another description', { ...TOOL, description: 'Sends a file' }, {}, 'tool_signature_invalid'],
    ['another schema', { ...TOOL, inputSchema: {} }, {}, 'tool_signature_invalid'],
    ['an origin that was not signed', TOOL, { authorOrigin: ORIGIN }, 'tool_signature_invalid'],
    ['no description', { name: 'read_file' }, {}, 'tool_malformed'],
    ['a schema without a form', { ...TOOL, inputSchema: { max: Infinity } }, {}, 'tool_malformed'],
  ])('refuses %s', async (_title, tool, options, reason) => {
    const { signature } = await signToolDefinition(TOOL, author.privateKey);
    expect(await rejectionOf(verifyToolDefinition(tool, signature, author.publicKey, options))).toBe(reason);
  });

  it('refuses another key, other encodings, and a signature over the whole tool', async () => {
    const { signature } = await signToolDefinition(TOOL, author.privateKey);
    const { publicKey } = await generateKeyPair();
    expect(await rejectionOf(verifyToolDefinition(TOOL, signature, publicKey))).toBe('tool_signature_invalid');
    for (const other of ['', signature.slice(4), signature.replace(/==$/, ''), ` ${signature}`, 'A'.repeat(88)]) {
      expect(await rejectionOf(verifyToolDefinition(TOOL, other, author.publicKey))).toBe('tool_signature_malformed');
    }
    const whole = await signTool(TOOL, { passportId: PASSPORT_ID, key: author.privateKey });
    const foreign = (whole['_meta'] as Record<string, ToolSignature>)['dev.mcps/signature']?.signature ?? '';
    expect(await rejectionOf(verifyToolDefinition(TOOL, foreign, author.publicKey))).toBe('tool_signature_invalid');
    expect(await rejectionOf(verifyToolDefinition(whole, foreign, author.publicKey))).toBe('tool_signature_invalid');
  });
});
