import { MemoryPassportStore, createTrustAnchors, signMessage, verifyPassport } from '../../src/index.js';
import type { JsonObject, PassportStore } from '../../src/index.js';
import { INITIALIZE, INITIALIZE_RESULT, Pair, TestAuthority, TestClock } from './harness.js';
import type { Identity, PairOptions } from './harness.js';

export const ENDPOINT = 'https://tools.example/mcp';

/** Signs as published 1.0 does: an envelope beside the message, and nothing in it. */
export async function signPublished(identity: Identity, clock: TestClock, message: JsonObject): Promise<JsonObject> {
  const signed = await signMessage(message, {
    passportId: identity.passport.passport_id,
    key: identity.privateKey,
    carrier: 'top-level',
    clock: clock.read,
  });
  return signed.message;
}

/** A store that holds passports which were handed over beforehand: published peers do not show theirs. */
export async function storeWith(authority: TestAuthority, ...identities: readonly Identity[]): Promise<PassportStore> {
  const store = new MemoryPassportStore({ clock: authority.clock.read });
  const anchors = await createTrustAnchors([authority.anchor]);
  for (const { passport } of identities)
    await store.put(await verifyPassport(passport, { anchors, now: authority.clock.now }));
  return store;
}

/** A client of ours, and who answers it as published 1.0 does. */
export interface PublishedServer {
  /** Only its client is used; what that sends goes nowhere. */
  readonly pair: Pair;
  readonly identity: Identity;
  readonly authority: TestAuthority;
  readonly clock: TestClock;
  answer(message: JsonObject): Promise<void>;
  sign(message: JsonObject): Promise<JsonObject>;
}

export async function publishedServer(
  options: Omit<PairOptions, 'authority'> & {
    readonly world?: { readonly authority: TestAuthority; readonly identity: Identity };
  } = {},
): Promise<PublishedServer> {
  const { world, ...rest } = options;
  const authority = world?.authority ?? (await TestAuthority.create(new TestClock()));
  const identity = world?.identity ?? (await authority.issue('published-server'));
  const passportStore = await storeWith(authority, identity);
  const client = { allowPublishedPeers: true, passportStore, ...options.client };
  const pair = await Pair.create({ ...rest, authority, client });
  pair.wire = () => [];
  const { clock } = authority;
  const sign = (message: JsonObject): Promise<JsonObject> => signPublished(identity, clock, message);
  return {
    pair,
    identity,
    authority,
    clock,
    sign,
    answer: async (message) => pair.arrive('client', await sign(message)),
  };
}

/** The same once it has answered `initialize`. */
export async function connected(options?: Parameters<typeof publishedServer>[0]): Promise<PublishedServer> {
  const server = await publishedServer(options);
  await server.pair.send('client', INITIALIZE);
  await server.answer(INITIALIZE_RESULT);
  await server.pair.send('client', { jsonrpc: '2.0', method: 'notifications/initialized' });
  return server;
}
