import { canonicalize, decodeBase64, encodeUtf8, generateKeyPair, sha256Hex, verify } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTranscriptBinding, signSessionBinding, verifyTranscriptBinding } from '../../src/index.js';
import type { JsonObject } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import type { KeyPair } from '../support/signing.js';

const CLIENT = { protocolVersion: '2025-06-18', capabilities: { mcps: { version: '1.0' } } };
const SERVER = { protocolVersion: '2025-06-18', capabilities: { tools: {} } };

let server: KeyPair;
beforeAll(async () => {
  server = await generateKeyPair();
});

describe('the published binding', () => {
  it('signs the hex characters of the hash over both forms, one after the other', async () => {
    const binding = await createTranscriptBinding(CLIENT, SERVER, server.privateKey);
    expect(binding.transcript_hash).toBe(await sha256Hex(encodeUtf8(canonicalize(CLIENT) + canonicalize(SERVER))));
    const signature = decodeBase64(binding.transcript_signature);
    expect(await verify(server.publicKey, encodeUtf8(binding.transcript_hash), signature)).toBe(true);
    expect(await rejectionOf(verifyTranscriptBinding(binding, server.publicKey, CLIENT, SERVER))).toBeUndefined();
  });

  it('shows capabilities that were taken away or added on the way', async () => {
    const binding = await createTranscriptBinding(CLIENT, SERVER, server.privateKey);
    const others: [JsonObject, JsonObject][] = [
      [{ ...CLIENT, capabilities: {} }, SERVER],
      [CLIENT, { ...SERVER, capabilities: { tools: {}, logging: {} } }],
      [SERVER, CLIENT],
    ];
    for (const [client, result] of others) {
      expect(await rejectionOf(verifyTranscriptBinding(binding, server.publicKey, client, result))).toBe(
        'binding_mismatch',
      );
    }
  });

  it('needs the key, and a signature over this very hash', async () => {
    const binding = await createTranscriptBinding(CLIENT, SERVER, server.privateKey);
    const { publicKey } = await generateKeyPair();
    expect(await rejectionOf(verifyTranscriptBinding(binding, publicKey, CLIENT, SERVER))).toBe(
      'binding_signature_invalid',
    );
    const other = await createTranscriptBinding({}, SERVER, server.privateKey);
    const swapped = { ...binding, transcript_signature: other.transcript_signature };
    expect(await rejectionOf(verifyTranscriptBinding(swapped, server.publicKey, CLIENT, SERVER))).toBe(
      'binding_signature_invalid',
    );
    const session = { transcriptHash: binding.transcript_hash, role: 'server' } as const;
    const ours = await signSessionBinding(session, server.privateKey);
    expect(await rejectionOf(verifyTranscriptBinding(ours, server.publicKey, CLIENT, SERVER))).toBe(
      'binding_signature_invalid',
    );
  });

  it.each<[object, string]>([
    [{ transcript_hash: 1 }, 'binding_mismatch'],
    [{ transcript_hash: '' }, 'binding_mismatch'],
    [{ transcript_signature: null }, 'binding_signature_invalid'],
    [{ transcript_signature: 'AAAA' }, 'binding_signature_invalid'],
  ])('refuses other shapes: %o', async (changes, reason) => {
    const binding = { ...(await createTranscriptBinding(CLIENT, SERVER, server.privateKey)), ...changes };
    expect(await rejectionOf(verifyTranscriptBinding(binding, server.publicKey, CLIENT, SERVER))).toBe(reason);
  });

  it('refuses what has no canonical form', async () => {
    expect(await rejectionOf(createTranscriptBinding({ x: 1n }, SERVER, server.privateKey))).toBe(
      'message_not_canonical',
    );
  });
});
