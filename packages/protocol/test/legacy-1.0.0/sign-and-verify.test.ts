import { encodeBase64, generateKeyPair, sign } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors/index.js';
import {
  signLegacyMessage,
  signLegacyPassport,
  signLegacyTool,
  verifyLegacyMessageWithKey,
  verifyLegacyPassport,
  verifyLegacyTool,
} from '../../src/legacy-1.0.0/index.js';
import type { LegacyDocument } from '../../src/legacy-1.0.0/index.js';
import { rejectionOf } from '../support/refusal.js';
import { NOW, PASSPORT_ID, clock } from '../support/signing.js';

let publicKey: PublicKey;
let privateKey: PrivateKey;
beforeAll(async () => {
  ({ publicKey, privateKey } = await generateKeyPair());
});

const MESSAGE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'größe', arguments: { b: 0.5, a: [] } },
};
const signed = (more: object = {}) =>
  signLegacyMessage(MESSAGE, { passportId: PASSPORT_ID, key: privateKey, clock, ...more });
const verify = (received: LegacyDocument, more: object = {}) =>
  verifyLegacyMessageWithKey(received, publicKey, { clock, ...more });

describe('messages', () => {
  it('are signed and verified, from object and text', async () => {
    const envelope = await signed();
    expect(Object.keys(envelope)).toEqual(['mcps', 'passport_id', 'timestamp', 'nonce', 'signature', 'message']);
    for (const received of [{ ...envelope }, JSON.stringify(envelope)]) {
      expect((await verify(received)).message).toEqual(MESSAGE);
    }
  });

  it('are signed by a Signer', async () => {
    const signer: Signer = { format: 'p1363', sign: (data) => sign(privateKey, data) };
    expect((await verify({ ...(await signed({ key: signer })) })).timestampMs).toBe(NOW);
  });

  it('are copied before anything is awaited', async () => {
    const message = { ...MESSAGE, params: { a: 1 } };
    const promise = signLegacyMessage(message, { passportId: PASSPORT_ID, key: privateKey, clock });
    message.params.a = 2;
    const envelope = await promise;
    expect(envelope.message['params']).toEqual({ a: 1 });
    expect(await rejectionOf(verify({ ...envelope }))).toBeUndefined();
  });

  it('have a window', async () => {
    const envelope = { ...(await signed()) };
    const at = (ms: number, more: object = {}) => rejectionOf(verify(envelope, { clock: () => NOW + ms, ...more }));
    expect(await at(300_000)).toBeUndefined();
    expect(await at(300_001)).toBe('timestamp_too_old');
    expect(await at(-60_000)).toBeUndefined();
    expect(await at(-60_001)).toBe('timestamp_in_future');
    expect(await at(301_000, { windowMs: 302_000 })).toBeUndefined();
    expect(await at(Number.NaN)).toBe('timestamp_too_old');
  });

  it.each([
    ['no envelope', { ...MESSAGE }, 'envelope_missing'],
    ['a version that is no text', { mcps: 1 }, 'envelope_malformed'],
    ['another version', { mcps: '1.0' }, 'version_unsupported'],
    ['members missing', { mcps: '1.0.0', message: {} }, 'envelope_malformed'],
    ['what is no JSON', { mcps: '1.0.0', message: undefined }, 'message_not_canonical'],
  ])('are refused: %s', async (_what, received, reason) => {
    expect(await rejectionOf(verify(received))).toBe(reason);
  });

  it.each([
    ['message', [], 'message_not_object'],
    ['message', { jsonrpc: '2.0' }, 'message_kind_ambiguous'],
    ['passport_id', 'asp_', 'envelope_malformed'],
    ['nonce', 1, 'envelope_malformed'],
    ['timestamp', null, 'envelope_malformed'],
    ['timestamp', '2026-01-02', 'timestamp_malformed'],
    ['signature', null, 'envelope_malformed'],
    ['signature', '', 'signature_malformed'],
    ['signature', 'MAYCAQECAQE', 'signature_malformed'],
    ['signature', 'MAYCAQECAQE=', 'signature_invalid'],
    ['signature', encodeBase64(new Uint8Array(64)), 'signature_malformed'],
    ['signature', encodeBase64(new Uint8Array(80)), 'signature_malformed'],
  ])('are refused for their member %s: %j', async (name, value, reason) => {
    expect(await rejectionOf(verify({ ...(await signed()), [name]: value }))).toBe(reason);
  });

  it.each([{ passportId: 'agent' }, { nonce: 'abc' }])('are not signed with %j', async (more) => {
    await expect(signed(more)).rejects.toThrow(ConfigurationError);
  });

  it('are not signed where their Python text cannot be told, or as text', async () => {
    const attempt = (message: object | string) =>
      rejectionOf(signLegacyMessage(message as typeof MESSAGE, { passportId: PASSPORT_ID, key: privateKey, clock }));
    expect(await attempt({ ...MESSAGE, id: 2 ** 53 })).toBe('message_not_canonical');
    expect(await attempt({ ...MESSAGE, params: { 1: 1, 0: 0 } })).toBe('message_not_canonical');
    expect(await attempt(JSON.stringify(MESSAGE))).toBe('message_not_canonical');
    expect(await attempt({ ...MESSAGE, result: {} })).toBe('message_kind_ambiguous');
  });
});

const passport = (more: object = {}) => ({
  mcps_version: '1.0.0',
  passport_id: PASSPORT_ID,
  agent: { name: 'agent', version: '1', capabilities: ['a'] },
  public_key: { ...publicKey.jwk },
  scan: null,
  trust_level: 1,
  issued_at: new Date(NOW).toISOString(),
  expires_at: new Date(NOW + 1000).toISOString(),
  issuer: 'authority',
  ...more,
});

describe('passports', () => {
  const check = (source: LegacyDocument, ms = 0) =>
    rejectionOf(verifyLegacyPassport(source, publicKey, { clock: () => NOW + ms }));

  it('are signed and verified', async () => {
    const issued = await signLegacyPassport(passport(), privateKey);
    const verified = await verifyLegacyPassport({ ...issued }, publicKey, { clock });
    expect(verified).toMatchObject({ passport: issued, expiresAtMs: NOW + 1000 });
    expect(verified.publicKey.jwk).toEqual(publicKey.jwk);
  });

  it('have a time', async () => {
    const issued = { ...(await signLegacyPassport(passport(), privateKey)) };
    expect(await check(issued, 999)).toBeUndefined();
    expect(await check(issued, 1000)).toBe('passport_expired');
    expect(await check(issued, -60_000)).toBeUndefined();
    expect(await check(issued, -60_001)).toBe('passport_not_yet_valid');
    expect(await check(issued, Number.NaN)).toBe('passport_expired');
  });

  it.each([
    ['mcps_version', '1.0'],
    ['passport_id', 'asp_1'],
    ['agent', { name: 'agent', version: '1' }],
    ['agent', { name: 'a\nb', version: '1', capabilities: [] }],
    ['agent', { name: 'agent', version: '1', capabilities: [1] }],
    ['public_key', null],
    ['public_key', { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
    ['scan', []],
    ['trust_level', 5],
    ['issued_at', 'yesterday'],
    ['issuer', null],
    ['extra', 1],
  ])('are refused, and not signed, for their member %s: %j', async (name, value) => {
    const issued = await signLegacyPassport(passport(), privateKey);
    expect(await check({ ...issued, [name]: value })).toBe('passport_malformed');
    expect(await rejectionOf(signLegacyPassport(passport({ [name]: value }), privateKey))).toBe('passport_malformed');
  });

  it.each([undefined, 1, '', 'MAYCAQECAQE'])('are refused with the signature %j', async (signature) => {
    const { signature: _signature, ...issued } = await signLegacyPassport(passport(), privateKey);
    expect(await check(signature === undefined ? issued : { ...issued, signature })).toBe('passport_malformed');
  });

  it('are refused for a key that is no point of the curve, and for their size', async () => {
    const offCurve = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
    const large = { agent: { name: 'agent', version: '1', capabilities: Array<string>(64).fill('x'.repeat(200)) } };
    const issued = await signLegacyPassport(passport({ public_key: offCurve }), privateKey);
    expect(await check({ ...issued })).toBe('passport_key_invalid');
    expect(await rejectionOf(signLegacyPassport(passport(large), privateKey))).toBe('passport_too_large');
    expect(await check({ ...issued, ...large })).toBe('passport_too_large');
  });
});

describe('tools', () => {
  const TOOL = { name: 'add', description: 'Adds', inputSchema: { type: 'object', required: ['a'] }, title: 'Add' };

  it('are signed and verified; what is not covered is not returned', async () => {
    const signature = await signLegacyTool(TOOL, privateKey);
    const { title: _title, ...covered } = TOOL;
    expect(await verifyLegacyTool(TOOL, signature, publicKey)).toEqual(covered);
    expect(await verifyLegacyTool(JSON.stringify({ ...TOOL, title: 'Other' }), signature, publicKey)).toEqual(covered);
  });

  it('without an input schema have an empty one', async () => {
    const { inputSchema: _schema, ...bare } = TOOL;
    const signature = await signLegacyTool(bare, privateKey);
    expect((await verifyLegacyTool({ ...bare, inputSchema: {} }, signature, publicKey)).inputSchema).toEqual({});
  });

  it.each([{ name: 'other' }, { description: 'other' }, { inputSchema: { required: ['a'], type: 'object' } }])(
    'are refused when altered: %j',
    async (change) => {
      const signature = await signLegacyTool(TOOL, privateKey);
      expect(await rejectionOf(verifyLegacyTool({ ...TOOL, ...change }, signature, publicKey))).toBe(
        'tool_signature_invalid',
      );
    },
  );

  it.each([{ name: 1 }, { description: null }, { inputSchema: [] }, { inputSchema: null }, { description: undefined }])(
    'are refused for %j',
    async (change) => {
      const signature = await signLegacyTool(TOOL, privateKey);
      expect(await rejectionOf(verifyLegacyTool({ ...TOOL, ...change }, signature, publicKey))).toBe('tool_malformed');
      expect(await rejectionOf(signLegacyTool({ ...TOOL, ...change }, privateKey))).toBe('tool_malformed');
    },
  );

  it('are refused for a signature that is none', async () => {
    expect(await rejectionOf(verifyLegacyTool(TOOL, 'none', publicKey))).toBe('tool_signature_malformed');
  });
});
