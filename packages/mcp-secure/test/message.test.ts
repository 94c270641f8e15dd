import { createPrivateKey, sign as nodeSign } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as mcps from '../src/index.js';
import { CALL, people } from './support/values.js';

const { agent, stranger, passport } = people();
const ID = passport.passport_id;

afterEach(() => {
  vi.useRealTimers();
});

describe('a signed message', () => {
  it('has the published envelope beside its own members, and is no longer the object that was given', () => {
    const message = { ...CALL };
    const envelope = mcps.signMessage(message, ID, agent.privateKey);
    expect(envelope).toEqual({
      ...CALL,
      mcps: {
        version: mcps.MCPS_VERSION,
        passport_id: ID,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
        signature: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/),
      },
    });
    expect(message).toEqual(CALL);
  });

  it('verifies with the key of its signer and no other', () => {
    const envelope = mcps.signMessage(CALL, ID, agent.privateKey);
    expect(mcps.verifyMessage(envelope, agent.publicKey)).toEqual({ valid: true, error: null });
    expect(mcps.verifyMessage(envelope, mcps.publicKeyToJWK(agent.publicKey)).valid).toBe(true);
    expect(mcps.verifyMessage(envelope, stranger.publicKey)).toEqual({
      valid: false,
      error: mcps.ERROR_CODES.INVALID_SIGNATURE,
      reason: 'signature_invalid',
    });
  });

  it.each(['asp_test', 'asp_abc123', 'agent 7'])('may be of a passport with the id %s', (id) => {
    const envelope = mcps.signMessage(CALL, id, agent.privateKey);
    expect(envelope.mcps.passport_id).toBe(id);
    expect(mcps.verifyMessage(envelope, agent.publicKey).valid).toBe(true);
    envelope.mcps.passport_id = ID;
    expect(mcps.verifyMessage(envelope, agent.publicKey).valid).toBe(false);
  });

  it('is refused once its time is over, and where it is dated ahead', () => {
    const envelope = mcps.signMessage(CALL, ID, agent.privateKey);
    const signedAt = Date.parse(envelope.mcps.timestamp);
    const verifyAt = (at: number, options?: mcps.VerifyMessageOptions) => {
      vi.useFakeTimers({ now: at, toFake: ['Date'] });
      return mcps.verifyMessage(envelope, agent.publicKey, options);
    };
    expect(verifyAt(signedAt + 300_000).valid).toBe(true);
    expect(verifyAt(signedAt + 300_001)).toMatchObject({ error: { code: 'MCPS-006' }, reason: 'timestamp_too_old' });
    expect(verifyAt(signedAt - 60_001)).toMatchObject({ error: { code: 'MCPS-006' }, reason: 'timestamp_in_future' });
    expect(verifyAt(signedAt - 300_000, { futureToleranceMs: 300_000 }).valid).toBe(true);
    expect(verifyAt(signedAt + 1_001, { windowMs: 1_000 }).valid).toBe(false);
  });

  it('is bound to its channel where one is given', () => {
    const bound = mcps.signMessage(CALL, ID, agent.privateKey, 'tls-exporter:1');
    expect(mcps.verifyMessage(bound, agent.publicKey, 'tls-exporter:1').valid).toBe(true);
    expect(mcps.verifyMessage(bound, agent.publicKey, { channelBinding: 'tls-exporter:1' }).valid).toBe(true);
    expect(mcps.verifyMessage(bound, agent.publicKey, 'tls-exporter:2').valid).toBe(false);
    expect(mcps.verifyMessage(bound, agent.publicKey).valid).toBe(false);
    const free = mcps.signMessage(CALL, ID, agent.privateKey, null);
    expect(mcps.verifyMessage(free, agent.publicKey, 'tls-exporter:1').valid).toBe(false);
  });

  it('is never bound to an empty channel: that would look like protection', () => {
    expect(() => mcps.signMessage(CALL, ID, agent.privateKey, '')).toThrow(/channel binding/i);
    const envelope = mcps.signMessage(CALL, ID, agent.privateKey);
    expect(mcps.verifyMessage(envelope, agent.publicKey, '').valid).toBe(false);
  });
});

describe('an external signer', () => {
  const key = createPrivateKey(agent.privateKey);
  const der = (data: Uint8Array) => nodeSign('sha256', data, key);
  const p1363 = (data: Uint8Array) => nodeSign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });

  it.each([
    ['DER bytes', mcps.createExternalSigner(der)],
    ['DER bytes, later', mcps.createExternalSigner(async (data) => Promise.resolve(der(data)))],
    ['DER in base64', mcps.createExternalSigner((data) => der(data).toString('base64'))],
    ['r and s', mcps.createExternalSigner(p1363, { format: 'p1363', publicKey: agent.publicKey })],
  ])('signs messages, passports, tools, models and transcripts with %s', async (_what, signer) => {
    const envelope = mcps.signMessage(CALL, ID, signer);
    expect(envelope).toBeInstanceOf(Promise);
    expect(mcps.verifyMessage(await envelope, agent.publicKey).valid).toBe(true);
    const draft = mcps.createPassport({ name: 'below', publicKey: stranger.publicKey, issuer: 'somebody' });
    expect(mcps.verifyPassportSignature(await mcps.signPassport(draft, signer), agent.publicKey)).toBe(true);
    const tool = { name: 'a', description: 'b' };
    expect(mcps.verifyTool(tool, await mcps.signTool(tool, signer), agent.publicKey).valid).toBe(true);
    const model = { name: 'm', version: '1', format: 'gguf', file_hash: 'a'.repeat(64) };
    expect(mcps.verifyModel(await mcps.signModel(model, ID, signer), agent.publicKey).valid).toBe(true);
    const { transcript_hash, transcript_signature } = await mcps.createTranscriptBinding({ a: 1 }, { b: 2 }, signer);
    expect(
      mcps.verifyTranscriptBinding(transcript_hash, transcript_signature, agent.publicKey, { a: 1 }, { b: 2 }).valid,
    ).toBe(true);
  });

  it('that answers with something else is found out at once', async () => {
    const broken = mcps.createExternalSigner(() => new Uint8Array(64));
    await expect(mcps.signMessage(CALL, ID, broken)).rejects.toMatchObject({ code: 'signer_output' });
    // A pipe that never was a function.
    expect(() => mcps.createExternalSigner({} as never)).toThrow(TypeError);
    expect(() => mcps.createExternalSigner(der, { format: 'raw' as never })).toThrow(TypeError);
  });

  it('has its DER turned into r and s', () => {
    const signature = der(new Uint8Array(8));
    expect(mcps.derToP1363(signature)).toHaveLength(64);
  });
});

describe('a missing key', () => {
  it.each([undefined, null, ''])('is named as such: %s', (key) => {
    expect(() => mcps.signMessage(CALL, ID, key as never)).toThrow(/private key is missing/);
    expect(() => mcps.signTool({ name: 'a', description: 'b' }, key as never)).toThrow(/private key is missing/);
  });

  it('that is none is not quoted', () => {
    const secret = agent.privateKey.replace('PRIVATE', 'SECRET');
    expect(() => mcps.signMessage(CALL, ID, secret)).toThrow(
      expect.objectContaining({ code: 'key_malformed', message: expect.not.stringContaining(secret.slice(30, 60)) }),
    );
  });
});
