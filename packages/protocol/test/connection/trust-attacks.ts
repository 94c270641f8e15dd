import { generateKeyPair } from '@mcps/crypto';
import { expect } from 'vitest';
import {
  MemoryReplayStore,
  MemoryStatusSource,
  addProfile,
  createPassport,
  issuePassport,
  openEnvelope,
  signMessage,
  signPassport,
  takeProfile,
} from '../../src/index.js';
import type { Passport } from '../../src/index.js';
import { INITIALIZE, Pair, START, TestAuthority, TestClock, call, lastDelivered, methods, reasons } from './harness.js';
import type { Identity } from './harness.js';

interface World {
  readonly clock: TestClock;
  readonly authority: TestAuthority;
}

async function world(): Promise<World> {
  const clock = new TestClock();
  return { clock, authority: await TestAuthority.create(clock) };
}

async function keysAnd(
  make: (publicKey: Identity['publicKey'], privateKey: Identity['privateKey']) => Promise<Passport>,
): Promise<Identity> {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
  return { publicKey, privateKey, passport: await make(publicKey, privateKey) };
}

/** Lets an agent try the handshake, and expects that the server refuses it for one reason before its application sees anything. */
async function expectRefused(pair: Pair, reason: string): Promise<void> {
  await pair.send('client', INITIALIZE);
  expect(methods(pair.server)).toEqual([]);
  expect(reasons(pair.server)).toEqual([reason]);
  expect(lastDelivered(pair.client)).toMatchObject({ id: 0, error: { data: { reason } } });
}

/** Attacks by peers that hold a key and say more of themselves than they may. Each rejects if the attack gets through. */
export const TRUST_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'an agent vouches for itself at the highest level': async () => {
    const { authority } = await world();
    const clientIdentity = await keysAnd((publicKey, privateKey) =>
      signPassport(
        createPassport({
          name: 'self',
          version: '1.0.0',
          publicKey,
          trustLevel: 4,
          issuedAtMs: START,
          ttlSeconds: 3600,
        }),
        privateKey,
      ),
    );
    await expectRefused(await Pair.create({ authority, clientIdentity }), 'level_insufficient');
  },

  'an authority that nobody configured vouches for an agent': async () => {
    const { authority, clock } = await world();
    const other = await TestAuthority.create(clock, 'nobody.example');
    const clientIdentity = await other.issue('stranger', 4);
    await expectRefused(await Pair.create({ authority, clientIdentity }), 'level_insufficient');
  },

  'a forger signs in the name of a configured authority': async () => {
    const { authority, clock } = await world();
    const forger = await TestAuthority.create(clock, authority.issuer);
    const clientIdentity = await forger.issue('forged', 4);
    await expectRefused(await Pair.create({ authority, clientIdentity }), 'passport_signature_invalid');
  },

  'an agent raises its own level in its passport': async () => {
    const { authority } = await world();
    const honest = await authority.issue('agent', 0);
    const clientIdentity = { ...honest, passport: { ...honest.passport, trust_level: 4 as const } };
    await expectRefused(await Pair.create({ authority, clientIdentity }), 'passport_signature_invalid');
  },

  'an agent shows an expired passport': async () => {
    const { authority, clock } = await world();
    const pair = await Pair.create({ authority });
    clock.advance(3_600_000);
    await pair.send('client', INITIALIZE);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['passport_expired']);
  },

  'an agent goes on after its passport has expired': async () => {
    const { authority, clock } = await world();
    const pair = await Pair.create({ authority });
    await pair.initialize();
    clock.advance(3_600_000);
    await pair.send('client', call(1));
    expect(reasons(pair.server)).toEqual(['passport_expired']);
  },

  'an agent without the right to issue issues a passport': async () => {
    const { authority, clock } = await world();
    const parent = await authority.issue('parent', 4);
    const clientIdentity = await keysAnd((publicKey) =>
      signPassport(
        createPassport({
          name: 'child',
          version: '1.0.0',
          publicKey,
          trustLevel: 4,
          issuer: parent.passport.passport_id,
          issuedAtMs: clock.now,
          ttlSeconds: 60,
        }),
        parent.privateKey,
        { issuerChain: [parent.passport] },
      ),
    );
    await expectRefused(await Pair.create({ authority, clientIdentity }), 'issuing_not_permitted');
  },

  'an authority that issues passports speaks as an agent': async () => {
    const { authority, clock } = await world();
    const clientIdentity = await keysAnd((publicKey) =>
      issuePassport({
        authority: { issuer: authority.issuer, key: authority.privateKey },
        subject: {
          name: 'issuer',
          version: '1.0.0',
          publicKey,
          issuing: { depth: 0, level: 2, capabilities: [] },
        },
        clock: clock.read,
        ttlSeconds: 60,
      }),
    );
    const pair = await Pair.create({ authority });
    const hello = await pair.sign('client', INITIALIZE);
    const { message } = takeProfile(openEnvelope(hello).message, 'request');
    const member = {
      passport: { passport: { ...clientIdentity.passport } },
      hello: { random: 'A'.repeat(43), versions: ['1.0'] },
    };
    const forged = await signMessage(addProfile(message, 'request', member), {
      passportId: clientIdentity.passport.passport_id,
      key: clientIdentity.privateKey,
      carrier: 'meta',
      clock: clock.read,
    });
    await pair.arrive('server', forged.message);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['passport_is_issuing']);
  },

  'an agent whose passport has been revoked goes on': async () => {
    const { authority, clock } = await world();
    const clientIdentity = await authority.issue('agent');
    const statusSource = new MemoryStatusSource({ otherwise: 'good', clock: clock.read });
    const pair = await Pair.create({ authority, clientIdentity, server: { statusSource, minTrustLevel: 2 } });
    await pair.initialize();
    await pair.send('client', call(1));
    statusSource.revoke({ anchor: authority.issuer, passportId: clientIdentity.passport.passport_id });
    await pair.send('client', call(2));
    expect(pair.server.delivered.map(({ message }) => message['id'])).toEqual([0, undefined, 1]);
    expect(reasons(pair.server)).toEqual(['passport_revoked']);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 2, error: { code: -33003 } });
  },

  'the authority is cut off, and level 2 is asked for': async () => {
    const { authority } = await world();
    const statusSource = { check: () => Promise.reject(new Error('unreachable')) };
    const pair = await Pair.create({ authority, server: { statusSource, minTrustLevel: 2 } });
    await expectRefused(pair, 'status_unavailable');
  },

  'an agent of too low a level calls': async () => {
    const { authority, clock } = await world();
    const statusSource = new MemoryStatusSource({ otherwise: 'good', clock: clock.read });
    const clientIdentity = await authority.issue('agent', 1);
    const pair = await Pair.create({ authority, clientIdentity, server: { statusSource, minTrustLevel: 2 } });
    await expectRefused(pair, 'level_insufficient');
    expect(lastDelivered(pair.client)).toMatchObject({ error: { data: { minTrustLevel: 2 } } });
  },

  'a scan is claimed that nobody signed': async () => {
    const { authority, clock } = await world();
    const statusSource = new MemoryStatusSource({ otherwise: 'good', clock: clock.read });
    const clientIdentity = await authority.issue('agent', 4);
    const pair = await Pair.create({ authority, clientIdentity, server: { statusSource, minTrustLevel: 3 } });
    await expectRefused(pair, 'level_insufficient');
  },

  'another server with a valid passport takes the place of the one that is wanted': async () => {
    const { authority } = await world();
    const wanted = await authority.issue('wanted');
    const pair = await Pair.create({ authority, client: { expectedPeers: [wanted.passport.passport_id] } });
    await pair.initialize();
    expect(reasons(pair.client)).toEqual(['origin_mismatch']);
    expect(pair.client.closed).toBe(true);
  },

  'a flood of bad signatures fills the replay store': async () => {
    const { authority, clock } = await world();
    const replayStore = new MemoryReplayStore({ clock: clock.read, capacity: 64 });
    const pair = await Pair.create({ authority, server: { replayStore } });
    await pair.initialize();
    const before = replayStore.size;
    const message = await pair.sign('client', call(1));
    for (let n = 0; n < 100; n += 1) {
      const flooded = JSON.parse(
        JSON.stringify(message).replace(/"nonce":"[0-9a-f]{32}"/, `"nonce":"${n.toString(16).padStart(32, '0')}"`),
      ) as unknown;
      await pair.arrive('server', flooded);
    }
    expect(new Set(reasons(pair.server))).toEqual(new Set(['signature_invalid']));
    expect(replayStore.size).toBe(before);
    expect(pair.server.delivered.length).toBe(2);
  },

  'identities that cost nothing fill the replay store': async () => {
    const { authority, clock } = await world();
    const replayStore = new MemoryReplayStore({ clock: clock.read, capacity: 64 });
    for (let n = 0; n < 40; n += 1) {
      const clientIdentity = await keysAnd(async (publicKey) =>
        createPassport({ name: 'x', version: '1', publicKey, issuedAtMs: clock.now, ttlSeconds: 60 }),
      );
      const pair = await Pair.create({ authority, clientIdentity, server: { replayStore } });
      await pair.send('client', INITIALIZE);
    }
    expect(replayStore.size).toBe(0);
  },

  'one agent takes the allowance of all': async () => {
    const { authority } = await world();
    const pair = await Pair.create({ authority, server: { rateLimit: { perSecond: 1, burst: 4 } } });
    await pair.initialize();
    for (let id = 1; id <= 4; id += 1) await pair.send('client', call(id));
    expect(reasons(pair.server)).toEqual(['rate_limited', 'rate_limited']);
    expect(lastDelivered(pair.client)).toMatchObject({
      error: { code: -33010, data: { retryAfterMs: expect.any(Number) as number } },
    });
  },

  'the shared rate limiter is cut off': async () => {
    const { authority } = await world();
    const rateLimiter = { take: () => Promise.reject(new Error('no route to the store')) };
    const replayStore = new MemoryReplayStore();
    const pair = await Pair.create({ authority, server: { rateLimiter, replayStore } });
    await expectRefused(pair, 'rate_limiter_unavailable');
    expect(replayStore.size).toBe(0);
  },

  'a stranger floods a connection before anybody is believed': async () => {
    const { authority } = await world();
    const pair = await Pair.create({ authority, server: { connectionLimit: { perSecond: 1, burst: 3 } } });
    for (let id = 1; id <= 5; id += 1) await pair.arrive('server', call(id));
    expect(reasons(pair.server).slice(3)).toEqual(['connection_limit', 'connection_limit']);
  },

  'an authority gives one id twice': async () => {
    const { authority, clock } = await world();
    const first = await authority.issue('agent');
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const passport = await issuePassport({
      authority: { issuer: authority.issuer, key: authority.privateKey },
      subject: { name: 'double', version: '1.0.0', publicKey, id: first.passport.passport_id },
      clock: clock.read,
      ttlSeconds: 60,
    });
    const pair = await Pair.create({ authority, clientIdentity: first });
    await pair.initialize();
    const second = await Pair.create({
      authority,
      clientIdentity: { passport, publicKey, privateKey },
      server: { passportStore: pair.serverConfig.passportStore },
    });
    await expectRefused(second, 'passport_id_conflict');
  },
};
