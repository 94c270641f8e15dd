import { expect } from 'vitest';
import { McpsError, MemoryPassportStore, MemoryStatusSource, signSessionHeader } from '../../src/index.js';
import type { BodilessRequest, SessionHeaderClaims } from '../../src/index.js';
import { Pair } from '../connection/harness.js';
import type { Identity, PairOptions } from '../connection/harness.js';

export const STREAM: BodilessRequest = { verb: 'GET', target: '/mcp', httpSession: 'session-1' };
export const RESUMED: BodilessRequest = { ...STREAM, lastEventId: 'event-7' };

export async function connected(options: PairOptions = {}): Promise<Pair> {
  const pair = await Pair.create(options);
  await pair.initialize();
  return pair;
}

/** The header of the client of a pair, for a request. */
export async function headerOf(pair: Pair, request: BodilessRequest = STREAM): Promise<string> {
  const header = await pair.client.connection.protectRequest(request);
  if (header === undefined) throw new Error('There is no header');
  return header;
}

/** Why the server of a pair refuses a request; `undefined` where it does not. */
export async function refusal(
  pair: Pair,
  header: string | undefined,
  request: BodilessRequest = STREAM,
): Promise<string | undefined> {
  try {
    await pair.server.connection.openRequest(header, request);
    return undefined;
  } catch (error) {
    if (error instanceof McpsError) return error.reason;
    throw error;
  }
}

/** What the client of a pair would sign, with the members that an attacker likes. */
export function claimsOf(pair: Pair, changed: Partial<SessionHeaderClaims> = {}): SessionHeaderClaims {
  const { session } = pair.client.connection;
  if (session === undefined) throw new Error('There is no session');
  return { ...STREAM, audience: pair.serverConfig.passport.passport_id, session, ...changed };
}

/** A header that somebody with a key of their own signs, as whoever they say they are. */
function forged(pair: Pair, identity: Identity, passportId = identity.passport.passport_id): Promise<string> {
  return signSessionHeader(claimsOf(pair), { passportId, key: identity.privateKey, clock: pair.clock.read });
}

/** Attacks on requests without a body. Each rejects if the attack gets through. */
export const SESSION_HEADER_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'opens the stream of a stolen session id without a header': async () => {
    expect(await refusal(await connected(), undefined)).toBe('envelope_missing');
  },

  'signs for a stolen session id with a key of its own': async () => {
    const pair = await connected();
    const thief = await pair.authority.issue('thief');
    expect(await refusal(pair, await forged(pair, thief, pair.server.connection.peer?.passportId))).toBe(
      'signature_invalid',
    );
  },

  'signs for a stolen session id under a passport of its own': async () => {
    const passportStore = new MemoryPassportStore();
    const pair = await connected({ server: { passportStore } });
    const { authority } = pair;
    // The server knows the thief as well: from a session of theirs.
    const thief = await authority.issue('thief');
    await connected({ authority, clientIdentity: thief, server: { passportStore } });
    expect(await refusal(pair, await forged(pair, thief))).toBe('passport_id_mismatch');
  },

  'ends a session with the header that opened a stream': async () => {
    const pair = await connected();
    expect(await refusal(pair, await headerOf(pair), { ...STREAM, verb: 'DELETE' })).toBe('signature_invalid');
  },

  'takes a header to another endpoint': async () => {
    const pair = await connected();
    expect(await refusal(pair, await headerOf(pair), { ...STREAM, target: '/admin' })).toBe('signature_invalid');
  },

  'takes a header to another session id': async () => {
    const pair = await connected();
    expect(await refusal(pair, await headerOf(pair), { ...STREAM, httpSession: 'session-2' })).toBe(
      'signature_invalid',
    );
  },

  'resumes after another event': async () => {
    const pair = await connected();
    expect(await refusal(pair, await headerOf(pair, RESUMED), { ...RESUMED, lastEventId: 'event-1' })).toBe(
      'signature_invalid',
    );
  },

  'makes a resumption of an opening': async () => {
    const pair = await connected();
    expect(await refusal(pair, await headerOf(pair), RESUMED)).toBe('signature_invalid');
  },

  'takes a header to another session of the same peers': async () => {
    const pair = await connected();
    const { authority } = pair;
    const identities = {
      clientIdentity: await authority.issue('agent'),
      serverIdentity: await authority.issue('server'),
    };
    const [one, other] = [await connected({ authority, ...identities }), await connected({ authority, ...identities })];
    expect(await refusal(other, await headerOf(one))).toBe('signature_invalid');
  },

  'sends a header twice': async () => {
    const pair = await connected();
    const header = await headerOf(pair);
    expect(await refusal(pair, header)).toBeUndefined();
    expect(await refusal(pair, header)).toBe('nonce_repeated');
  },

  'keeps a header back beyond the window': async () => {
    const pair = await connected();
    const header = await headerOf(pair);
    pair.clock.advance(300_001);
    expect(await refusal(pair, header)).toBe('timestamp_too_old');
  },

  'opens a stream before the handshake is proved': async () => {
    const pair = await Pair.create();
    // The last word of the handshake is still under way.
    pair.wire = (message) => (message['method'] === 'notifications/initialized' ? [] : [message]);
    await pair.initialize();
    expect(await refusal(pair, await headerOf(pair))).toBe('binding_pending');
  },

  'opens a stream after its passport has expired': async () => {
    const pair = await connected();
    pair.clock.advance(3_600_000);
    expect(await refusal(pair, await headerOf(pair))).toBe('passport_expired');
  },

  'opens a stream after its passport has been revoked': async () => {
    const statusSource = new MemoryStatusSource();
    const pair = await connected({ server: { statusSource } });
    const passportId = pair.server.connection.peer?.passportId ?? '';
    statusSource.revoke({ anchor: pair.authority.issuer, passportId });
    expect(await refusal(pair, await headerOf(pair))).toBe('passport_revoked');
  },
};
