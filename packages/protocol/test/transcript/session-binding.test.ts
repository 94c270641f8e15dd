import { canonicalize, encodeUtf8, generateKeyPair, sha256Hex } from '@mcps/crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contextBytes,
  createTranscriptBinding,
  signSessionBinding,
  signTool,
  transcriptHash,
  verifySessionBinding,
} from '../../src/index.js';
import type { JsonObject, ToolSignature } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import type { KeyPair } from '../support/signing.js';

const CLIENT = {
  protocolVersion: '2025-06-18',
  capabilities: { roots: {} },
  _meta: { 'dev.mcps/hello': { random: 'c' } },
};
const SERVER = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  _meta: { 'dev.mcps/hello': { random: 's' } },
};

let client: KeyPair;
let server: KeyPair;
let hash: string;

beforeAll(async () => {
  client = await generateKeyPair();
  server = await generateKeyPair();
  hash = await transcriptHash(CLIENT, SERVER);
});

describe('the transcript hash', () => {
  it('is SHA-256 under its context over both sides by name', async () => {
    const bytes = contextBytes('transcript', encodeUtf8(canonicalize({ client: CLIENT, server: SERVER })));
    expect(hash).toBe(await sha256Hex(bytes));
  });

  it('changes with anything that either side said, and when the sides change places', async () => {
    const others = await Promise.all([
      transcriptHash({ ...CLIENT, capabilities: {} }, SERVER),
      transcriptHash({ ...CLIENT, _meta: { 'dev.mcps/hello': { random: 'd' } } }, SERVER),
      transcriptHash(CLIENT, { ...SERVER, protocolVersion: '2024-11-05' }),
      transcriptHash(CLIENT, { ...SERVER, _meta: {} }),
      transcriptHash(SERVER, CLIENT),
    ]);
    expect(new Set([hash, ...others]).size).toBe(6);
  });

  it('is one per pair: no two pairs of sides have one', async () => {
    const side = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
      .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
    await fc.assert(
      fc.asyncProperty(side, side, side, side, async (a, b, c, d) => {
        const same = canonicalize(a) === canonicalize(c) && canonicalize(b) === canonicalize(d);
        expect((await transcriptHash(a, b)) === (await transcriptHash(c, d))).toBe(same);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses what has no canonical form', async () => {
    expect(await rejectionOf(transcriptHash({ x: Number.NaN }, SERVER))).toBe('message_not_canonical');
  });
});

describe('a session binding', () => {
  it('proves what its side has seen', async () => {
    const binding = await signSessionBinding({ transcriptHash: hash, role: 'client' }, client.privateKey);
    const expected = { transcriptHash: hash, role: 'client' } as const;
    expect(await rejectionOf(verifySessionBinding(binding, expected, client.publicKey))).toBeUndefined();
  });

  it('is refused for another transcript, however it is presented', async () => {
    const other = await transcriptHash({ ...CLIENT, capabilities: {} }, SERVER);
    const binding = await signSessionBinding({ transcriptHash: hash, role: 'server' }, server.privateKey);
    const expected = { transcriptHash: other, role: 'server' } as const;
    expect(await rejectionOf(verifySessionBinding(binding, expected, server.publicKey))).toBe('binding_mismatch');
    const renamed = { ...binding, transcript_hash: other };
    expect(await rejectionOf(verifySessionBinding(renamed, expected, server.publicKey))).toBe(
      'binding_signature_invalid',
    );
  });

  it('thrown back at its signer proves nothing: the role is signed', async () => {
    const binding = await signSessionBinding({ transcriptHash: hash, role: 'server' }, server.privateKey);
    const asClient = { transcriptHash: hash, role: 'client' } as const;
    expect(await rejectionOf(verifySessionBinding(binding, asClient, server.publicKey))).toBe(
      'binding_signature_invalid',
    );
  });

  it('needs the key of its side', async () => {
    const binding = await signSessionBinding({ transcriptHash: hash, role: 'client' }, server.privateKey);
    const expected = { transcriptHash: hash, role: 'client' } as const;
    expect(await rejectionOf(verifySessionBinding(binding, expected, client.publicKey))).toBe(
      'binding_signature_invalid',
    );
  });

  it('is neither a published binding nor any other signature of the same key', async () => {
    const expected = { transcriptHash: hash, role: 'client' } as const;
    const published = await createTranscriptBinding(CLIENT, SERVER, client.privateKey);
    const tool = await signTool({ name: hash }, { passportId: hash, key: client.privateKey });
    const toolSignature = (tool['_meta'] as Record<string, ToolSignature>)['dev.mcps/signature']?.signature ?? '';
    for (const signature of [published.transcript_signature, toolSignature]) {
      const forged = { transcript_hash: hash, transcript_signature: signature };
      expect(await rejectionOf(verifySessionBinding(forged, expected, client.publicKey))).toBe(
        'binding_signature_invalid',
      );
    }
  });

  it.each(['', 'AAAA', 'not base64', 'A'.repeat(88)])('is refused with the signature %j', async (signature) => {
    const presented = { transcript_hash: hash, transcript_signature: signature };
    const expected = { transcriptHash: hash, role: 'client' } as const;
    expect(await rejectionOf(verifySessionBinding(presented, expected, client.publicKey))).toBe(
      'binding_signature_invalid',
    );
  });
});
