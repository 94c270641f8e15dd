import { describe, expect, it } from 'vitest';
import {
  MemoryPassportStore,
  addProfile,
  classifyMessage,
  createEvidence,
  createPassport,
  openEnvelope,
  replyDigest,
  signMessage,
  signPassport,
} from '../../src/index.js';
import type { Hello, JsonObject, ProfileMembers } from '../../src/index.js';
import { INITIALIZE, INITIALIZE_RESULT, Pair, TestAuthority, TestClock, call, methods, reasons } from './harness.js';
import type { Identity } from './harness.js';

const HELLO: Hello = { random: 'A'.repeat(43), versions: ['1.0'] };
const INITIALIZED: JsonObject = { jsonrpc: '2.0', method: 'notifications/initialized' };

interface World {
  readonly clock: TestClock;
  readonly authority: TestAuthority;
  readonly agent: Identity;
  readonly server: Identity;
}

async function world(): Promise<World> {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  return { clock, authority, agent: await authority.issue('agent'), server: await authority.issue('server') };
}

const pairOf = ({ authority, agent, server }: World, more = {}): Promise<Pair> =>
  Pair.create({ authority, clientIdentity: agent, serverIdentity: server, ...more });

/** A message by the holder of a valid passport that follows no rule but that of signing. */
async function signedBy(
  { passport, privateKey }: Identity,
  { clock }: World,
  message: JsonObject,
  members: ProfileMembers,
): Promise<JsonObject> {
  const { kind } = classifyMessage(message);
  const complete = addProfile(message, kind, { passport: { passport }, ...members });
  const signed = await signMessage(complete, {
    passportId: passport.passport_id,
    key: privateKey,
    clock: clock.read,
    carrier: 'meta',
  });
  return signed.message;
}

describe('a client refuses an answer to initialize', () => {
  const answered = async (members: ProfileMembers): Promise<Pair> => {
    const all = await world();
    const pair = await pairOf(all);
    pair.wire = () => [];
    await pair.send('client', INITIALIZE);
    const opened = openEnvelope(pair.traffic[0]?.message);
    if (opened.carrier === 'none') throw new Error('The request was not signed');
    const re = await replyDigest(opened);
    await pair.arrive('client', await signedBy(all.server, all, INITIALIZE_RESULT, { re, ...members }));
    return pair;
  };

  it.each<[string, ProfileMembers, string]>([
    ['that has no hello', {}, 'hello_missing'],
    ['that offers no version it speaks', { hello: { ...HELLO, versions: ['9.0'] } }, 'no_common_version'],
    ['that binds nothing', { hello: HELLO }, 'binding_missing'],
    [
      'that binds another handshake',
      { hello: HELLO, binding: { transcript_hash: '0'.repeat(64), transcript_signature: 'AAAA' } },
      'binding_mismatch',
    ],
  ])('%s', async (_what, members, reason) => {
    const pair = await answered(members);
    expect(reasons(pair.client)).toEqual([reason]);
    expect(pair.client.closed).toBe(true);
  });
});

describe('a server refuses', () => {
  it.each<[string, ProfileMembers, string]>([
    ['an initialize without a hello', {}, 'hello_missing'],
    ['an initialize without a version it speaks', { hello: { ...HELLO, versions: ['9.0'] } }, 'no_common_version'],
  ])('%s', async (_what, members, reason) => {
    const all = await world();
    const pair = await pairOf(all);
    await pair.arrive('server', await signedBy(all.agent, all, INITIALIZE, members));
    expect(reasons(pair.server)).toEqual([reason]);
    expect(methods(pair.server)).toEqual([]);
  });

  it('a signed call before any handshake', async () => {
    const all = await world();
    const pair = await pairOf(all);
    const context = { audience: all.server.passport.passport_id, direction: 'client' } as const;
    all.clock.advance(400_000);
    await pair.arrive('server', await signedBy(all.agent, all, call(1), { context }));
    expect(reasons(pair.server)).toEqual(['session_unknown']);
    expect(methods(pair.server)).toEqual([]);
  });

  it('an end of the handshake that binds nothing, and closes', async () => {
    const all = await world();
    const pair = await pairOf(all);
    pair.wire = (message, from) => (from === 'client' ? [message] : []);
    await pair.send('client', INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    await pair.arrive('server', await signedBy(all.agent, all, INITIALIZED, {}));
    expect(reasons(pair.server)).toEqual(['binding_missing']);
    expect(pair.server.closed).toBe(true);
  });

  it('a second initialize on a session', async () => {
    const all = await world();
    const pair = await pairOf(all);
    await pair.initialize();
    all.clock.advance(400_000);
    await pair.arrive('server', await signedBy(all.agent, all, INITIALIZE, { hello: HELLO }));
    expect(reasons(pair.server)).toEqual(['session_mismatch']);
  });
});

describe('what cannot be decided is refused', () => {
  it('where the replay store cannot answer', async () => {
    const replayStore = {
      shared: true,
      floorMs: () => Number.NEGATIVE_INFINITY,
      consume: () => Promise.reject(new Error('The store is down')),
    };
    const pair = await pairOf(await world(), { server: { replayStore } });
    await pair.send('client', INITIALIZE);
    expect(reasons(pair.server)).toEqual(['replay_store_unavailable']);
    expect(methods(pair.server)).toEqual([]);
  });

  it('where the passport store cannot answer', async () => {
    const passportStore = {
      get: () => Promise.reject(new Error('The store is down')),
      put: () => Promise.reject(new Error('The store is down')),
    };
    const pair = await pairOf(await world(), { server: { passportStore } });
    await pair.send('client', INITIALIZE);
    expect(reasons(pair.server)).toEqual(['state_unavailable']);
    expect(methods(pair.server)).toEqual([]);
  });

  it('where there is no room to remember whose passport it is', async () => {
    const all = await world();
    const passportStore = new MemoryPassportStore({
      maxIdentities: 1,
      maxIdentitiesPerAnchor: 1,
      clock: all.clock.read,
    });
    const first = await pairOf(all, { server: { passportStore } });
    await first.initialize();
    const second = await Pair.create({
      authority: all.authority,
      serverIdentity: all.server,
      server: { passportStore },
    });
    await second.send('client', INITIALIZE);
    expect(reasons(second.server)).toEqual(['passport_store_full']);
    expect(methods(second.server)).toEqual([]);
  });

  it('where evidence expires while the status is asked for', async () => {
    const all = await world();
    const { clock, authority } = all;
    const draft = createPassport({
      name: 'scanned',
      version: '1.0.0',
      publicKey: all.agent.publicKey,
      issuer: authority.issuer,
      trustLevel: 3,
      clock: clock.read,
      ttlSeconds: 3600,
    });
    const evidence = await createEvidence(
      { type: 'scan', issuer: authority.issuer, passport: draft, clock: clock.read, ttlSeconds: 60 },
      authority.privateKey,
    );
    const passport = await signPassport({ ...draft, ext: { evidence: [evidence] } }, authority.privateKey);
    const statusSource = {
      check: () => {
        clock.advance(60_000);
        return Promise.resolve({ status: 'good', producedAtMs: clock.now, expiresAtMs: clock.now + 60_000 } as const);
      },
    };
    const pair = await Pair.create({
      authority,
      clientIdentity: { ...all.agent, passport },
      server: { minTrustLevel: 3, statusSource },
    });
    await pair.send('client', INITIALIZE);
    expect(reasons(pair.server)).toEqual(['effective_level_insufficient']);
    expect(methods(pair.server)).toEqual([]);
  });
});
