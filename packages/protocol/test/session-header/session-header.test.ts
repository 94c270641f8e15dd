import { decodeBase64Url, encodeBase64Url, encodeUtf8 } from '@mcps/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MemoryReplayStore,
  MemoryStatusSource,
  isVerified,
  readSessionHeader,
  signSessionHeader,
  verifySessionHeader,
} from '../../src/index.js';
import type { SessionHeaderClaims } from '../../src/index.js';
import { Pair } from '../connection/harness.js';
import { RESUMED, SESSION_HEADER_ATTACKS, STREAM, claimsOf, connected, headerOf, refusal } from './attacks.js';

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

  it('is refused from a passport that has expired since', async () => {
    const pair = await connected();
    pair.clock.advance(3_600_000);
    const header = await signSessionHeader(claimsOf(pair), {
      passportId: pair.server.connection.peer?.passportId ?? '',
      key: (await pair.authority.issue('anybody')).privateKey,
      clock: pair.clock.read,
    });
    expect(await refusal(pair, header)).toBe('passport_expired');
  });

  it('is refused from a passport that has been revoked since', async () => {
    const statusSource = new MemoryStatusSource();
    const pair = await connected({ server: { statusSource } });
    const id = pair.server.connection.peer?.passportId ?? '';
    statusSource.revoke({ anchor: pair.authority.issuer, passportId: id });
    expect(await refusal(pair, await headerOf(pair))).toBe('passport_revoked');
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
    ['too much', 'A'.repeat(1025)],
  ])('is refused where it is %s', async (_what, value) => {
    expect(await refusal(await connected(), value)).toBe('envelope_malformed');
  });

  it('has one spelling: no space, other order, further or repeated member', async () => {
    const pair = await connected();
    const header = await headerOf(pair);
    const text = new TextDecoder().decode(decodeBase64Url(header));
    const envelope = JSON.parse(text) as Record<string, unknown>;
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
