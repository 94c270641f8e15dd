import { canonicalizeToBytes, decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8 } from '@mcps/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MemoryReplayStore,
  isVerified,
  readSessionHeader,
  signSessionHeader,
  verifySessionHeader,
} from '../../src/index.js';
import type { JsonObject, SessionHeaderClaims } from '../../src/index.js';
import { Pair } from '../connection/harness.js';
import { highS } from '../support/signing.js';
import { RESUMED, SESSION_HEADER_ATTACKS, STREAM, claimsOf, connected, headerOf, refusal } from './attacks.js';

const OPTION_INVALID = { name: 'ConfigurationError', code: 'option_invalid' };

const envelopeOf = (header: string): JsonObject => JSON.parse(decodeUtf8(decodeBase64Url(header))) as JsonObject;
const encoded = (envelope: JsonObject): string => encodeBase64Url(canonicalizeToBytes(envelope));

describe('attacks on requests without a body', () => {
  for (const [title, attack] of Object.entries(SESSION_HEADER_ATTACKS)) it(title, attack);
});

describe('a request without a body', () => {
  it('is admitted with the header of the session, and tells who made it', async () => {
    const pair = await connected();
    const peer = await pair.server.connection.openRequest(await headerOf(pair), STREAM);
    expect(peer).toMatchObject({ passportId: pair.server.connection.peer?.passportId, level: 1, authenticated: true });
    expect(await refusal(pair, await headerOf(pair, RESUMED), RESUMED)).toBeUndefined();
    expect(pair.server.audit.filter(({ type }) => type === 'request.accepted')).toHaveLength(2);
  });

  it('is told of in the audit when it is refused', async () => {
    const pair = await connected();
    await refusal(pair, undefined);
    expect(pair.server.audit.at(-1)).toMatchObject({
      type: 'request.refused',
      reason: 'envelope_missing',
      code: 'MCPS-004',
      verb: 'GET',
    });
  });

  it('is reported and let in where the server only observes', async () => {
    const pair = await connected({ server: { mode: 'observe' } });
    expect(await refusal(pair, undefined)).toBeUndefined();
    expect(pair.server.audit.at(-1)).toMatchObject({ type: 'request.reported', reason: 'envelope_missing' });
  });

  it('costs no place in the replay store before its signature has been verified', async () => {
    const replayStore = new MemoryReplayStore({ clock: () => 0 });
    const pair = await connected({ server: { replayStore } });
    const before = replayStore.size;
    for (const target of ['/a', '/b', '/c']) await refusal(pair, await headerOf(pair), { ...STREAM, target });
    expect(replayStore.size).toBe(before);
    await refusal(pair, await headerOf(pair));
    expect(replayStore.size).toBe(before + 1);
  });

  it('is refused with a signature in high-S form where policy asks for the other', async () => {
    const header = async (pair: Pair): Promise<string> => {
      const envelope = envelopeOf(await headerOf(pair));
      return encoded({ ...envelope, signature: highS(String(envelope['signature'])) });
    };
    const strict = await connected({ server: { requireLowS: true } });
    expect(await refusal(strict, await header(strict))).toBe('signature_high_s');
    const tolerant = await connected();
    expect(await refusal(tolerant, await header(tolerant))).toBeUndefined();
  });

  it.each([
    ['a target', { target: '/\ud800' }],
    ['a session id', { httpSession: '\udc00' }],
    ['an event id', { lastEventId: 'a\ud83d' }],
  ])('is refused with half of a surrogate pair in %s, and never signed', async (_what, changed) => {
    const pair = await connected();
    const request = { ...STREAM, ...changed };
    expect(await refusal(pair, await headerOf(pair), request)).toBe('signature_invalid');
    await expect(pair.client.connection.protectRequest(request)).rejects.toMatchObject(OPTION_INVALID);
  });

  it.each([
    ['another verb', { verb: 'POST' }],
    ['a verb in small letters', { verb: 'get' }],
    ['a target that is a whole URL', { target: 'https://tools.example/mcp' }],
    ['no target', { target: '' }],
    ['a fragment', { target: '/mcp#part' }],
  ])('is not signed with %s', async (_what, changed) => {
    const pair = await connected();
    await expect(pair.client.connection.protectRequest({ ...STREAM, ...changed })).rejects.toMatchObject(
      OPTION_INVALID,
    );
  });

  it('is sent by clients and taken by servers only', async () => {
    const pair = await connected();
    await expect(pair.server.connection.protectRequest(STREAM)).rejects.toMatchObject(OPTION_INVALID);
    const header = await headerOf(pair);
    await expect(pair.client.connection.openRequest(header, STREAM)).rejects.toMatchObject(OPTION_INVALID);
  });

  it('needs no header where policy serves a peer without MCPS, but a header is never passed over', async () => {
    const pair = await Pair.create({ server: { requireSecurity: false, minTrustLevel: 0 } });
    await pair.arrive('server', { jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(pair.server.connection.state).toBe('plain');
    expect(await refusal(pair, undefined)).toBeUndefined();
    expect(await refusal(pair, 'AAAA')).toBe('envelope_malformed');
    expect(await refusal(pair, await headerOf(await connected()))).toBe('session_unknown');
  });

  it('is refused where every message stands for itself, and by a connection that has closed', async () => {
    const stateless = await Pair.create({ server: { stateless: true } });
    expect(await refusal(stateless, undefined)).toBe('envelope_missing');
    expect(await stateless.client.connection.protectRequest(STREAM)).toBeUndefined();
    const pair = await connected();
    const header = await headerOf(pair);
    pair.server.connection.close();
    expect(await refusal(pair, header)).toBe('state_unavailable');
  });

  it('is refused beyond the rate of its connection', async () => {
    const pair = await connected({ server: { connectionLimit: { perSecond: 1, burst: 3 } } });
    const outcomes = [await refusal(pair, undefined), await refusal(pair, undefined)];
    expect(outcomes).toContain('connection_limit');
  });
});

describe('the value of the header', () => {
  it.each([
    ['nothing', ''],
    ['no base64url', '!!!'],
    ['padding', 'e30='],
    ['no JSON', encodeBase64Url(encodeUtf8('{'))],
    ['no object', encodeBase64Url(encodeUtf8('[]'))],
    ['no members', encodeBase64Url(encodeUtf8('{}'))],
    ['more levels than an envelope has', encoded({ version: '1.0', nonce: { a: { b: 1 } } })],
    ['of a version that is no text', encoded({ version: 1 })],
  ])('is refused where it is %s', async (_what, value) => {
    expect(await refusal(await connected(), value)).toBe('envelope_malformed');
  });

  it('is refused for its length before it is read, and for its version before anything that depends on it', async () => {
    const pair = await connected();
    expect(await refusal(pair, '!'.repeat(1025))).toBe('message_too_large');
    expect(await refusal(pair, '!'.repeat(1024))).toBe('envelope_malformed');
    const envelope = envelopeOf(await headerOf(pair));
    expect(await refusal(pair, encoded({ ...envelope, version: '2.0', nonce: 7 }))).toBe('version_unsupported');
    await expect(
      pair.server.connection.openRequest(encoded({ ...envelope, version: '2.0' }), STREAM),
    ).rejects.toMatchObject({ code: 'MCPS-015', details: { versions: ['1.0'] } });
  });

  it('has one spelling: no space, other order, further or repeated member', async () => {
    const pair = await connected();
    const header = await headerOf(pair);
    const text = decodeUtf8(decodeBase64Url(header));
    const envelope = envelopeOf(header);
    const respelt = [
      ` ${text}`,
      JSON.stringify(Object.fromEntries(Object.entries(envelope).reverse())),
      JSON.stringify({ ...envelope, x: 1 }),
      text.replace('{', '{"nonce":"00000000000000000000000000000000",'),
    ];
    for (const spelling of respelt)
      expect(await refusal(pair, encodeBase64Url(encodeUtf8(spelling)))).toBe('envelope_malformed');
    expect(await refusal(pair, header)).toBeUndefined();
  });

  it('verifies for what was signed, and for nothing else', async () => {
    const pair = await connected();
    const { privateKey, publicKey, passport } = await pair.authority.issue('agent');
    const signed = claimsOf(pair, { httpSession: 's', lastEventId: 'e' });
    const header = await signSessionHeader(signed, { passportId: passport.passport_id, key: privateKey });
    const envelope = readSessionHeader(header);
    const verified = await verifySessionHeader(envelope, signed, { publicKey });
    expect(isVerified(verified, 'session-header')).toBe(true);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<keyof SessionHeaderClaims>(
          'verb',
          'target',
          'httpSession',
          'lastEventId',
          'audience',
          'session',
          'channelBinding',
        ),
        fc.option(fc.string(), { nil: undefined }),
        async (name, value) => {
          fc.pre(value !== signed[name]);
          const claims = {
            ...signed,
            [name]: value ?? (name === 'httpSession' || name === 'lastEventId' ? undefined : 'x'),
          };
          await expect(verifySessionHeader(envelope, claims, { publicKey })).rejects.toMatchObject({
            reason: 'signature_invalid',
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
