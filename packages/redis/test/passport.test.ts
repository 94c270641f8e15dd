import { McpsError, createPassport, createTrustAnchors, signPassport, verifyPassport } from '@mcps/protocol';
import type { Passport, VerifiedPassport } from '@mcps/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, HOUR_MS, NOW, newKeys } from '../../protocol/test/passport/world.js';
import type { Keys } from '../../protocol/test/passport/world.js';
import { rejectionOf } from '../../protocol/test/support/refusal.js';
import { RedisPassportStore } from '../src/index.js';
import type { RedisPassportStoreOptions } from '../src/index.js';
import { REDIS_SERVER, TestRedis } from './support/redis-server.js';

let server: TestRedis;
let client: Awaited<ReturnType<TestRedis['client']>>;
let a: Authority;
let b: Authority;
let anchors: Awaited<ReturnType<typeof createTrustAnchors>>;
let keys: Keys;
let now = NOW;
let prefix = '';
let stores = 0;

const idOf = (n: number) => `asp_${n.toString(16).padStart(32, '0')}`;

/** One replica's store; all of a test are on the same data. */
const open = (options: Partial<RedisPassportStoreOptions> = {}): Promise<RedisPassportStore> =>
  RedisPassportStore.open(client, { trustAnchors: anchors, prefix, clock: () => now, ...options });

async function passport(n: number, authority = a, name = 'agent', expiresAtMs = NOW + HOUR_MS) {
  const holder = await authority.issue({ id: idOf(n), name, expiresAtMs }, keys);
  return verifyPassport(holder.passport, { anchors, now: NOW });
}

/** What somebody who can write to the server makes of a passport that is kept there. */
const overwrite = (verified: VerifiedPassport, text: string) =>
  client.hset(`{${prefix}:passports}:texts`, verified.identity, text);

describe.skipIf(REDIS_SERVER === undefined)('passports that replicas share', () => {
  beforeAll(async () => {
    server = await TestRedis.start();
    client = await server.client();
    a = await Authority.create('a.example');
    b = await Authority.create('b.example');
    anchors = await createTrustAnchors([a.options(), b.options()]);
    keys = await newKeys();
  });

  afterAll(() => server.stop());

  beforeEach(() => {
    now = NOW;
    prefix = `test-${stores++}`;
  });

  it('are known to all once one has seen them, and verified anew by each', async () => {
    const [one, other] = [await open(), await open()];
    const verified = await passport(1);
    expect(await other.get(idOf(1))).toBeUndefined();
    expect(await one.put(verified)).toBe('stored');
    expect(await one.get(idOf(1))).toBe(verified);
    const read = await other.get(idOf(1));
    expect(read).not.toBe(verified);
    expect(read).toMatchObject({ identity: `a.example/${idOf(1)}`, digest: verified.digest, standing: 'anchored' });
    // Verified by this very process: it is no copy, which a store would refuse, and not made again at each message.
    expect(await one.put(read!)).toBe('known');
    expect(await other.get(idOf(1))).toBe(read);
  });

  it('are only those that have been verified and are anchored', async () => {
    const store = await open();
    const verified = await passport(1);
    // @ts-expect-error a copy is not verified
    await expect(store.put({ ...verified })).rejects.toBeInstanceOf(TypeError);
    const self = createPassport({ name: 'me', version: '1', publicKey: keys.publicKey, id: idOf(1), issuedAtMs: NOW });
    expect(await store.put(await verifyPassport(self, { anchors, now: NOW }))).toBe('not-kept');
    expect(await store.get(idOf(1))).toBeUndefined();
  });

  it('are never replaced by another one of that id', async () => {
    const [one, other] = [await open(), await open()];
    await one.put(await passport(1));
    expect(await rejectionOf(other.put(await passport(1, a, 'other')))).toBe('passport_id_conflict');
    expect(await other.get(idOf(1))).toMatchObject({ passport: { agent: { name: 'agent' } } });
  });

  it('are not guessed where two anchors have given the same id', async () => {
    const [one, other] = [await open(), await open()];
    await one.put(await passport(1, a));
    await other.put(await passport(1, b));
    expect(await one.get(idOf(1))).toBeUndefined();
    expect(await (await open({ trustAnchors: [b.options()] })).get(idOf(1))).toMatchObject({
      anchor: { issuer: 'b.example' },
    });
  });

  describe('are not believed because they lie in the store', () => {
    const forgeries: [string, (genuine: Passport) => Promise<string> | string][] = [
      ['a higher level', (genuine) => JSON.stringify({ ...genuine, trust_level: 4 })],
      ['another key', async (genuine) => JSON.stringify({ ...genuine, public_key: (await newKeys()).publicKey.jwk })],
      ['no JSON', () => 'stored'],
      ['too much', (genuine) => JSON.stringify({ ...genuine, padding: 'x'.repeat(10_000) })],
      ['a passport of another id', async () => JSON.stringify((await passport(2)).passport)],
      ['one of the other anchor', async () => JSON.stringify((await passport(1, b)).passport)],
      [
        'one that its holder has signed',
        async () => {
          const own = createPassport({
            name: 'x',
            version: '1',
            publicKey: keys.publicKey,
            id: idOf(1),
            issuedAtMs: NOW,
          });
          return JSON.stringify(await signPassport(own, keys.privateKey));
        },
      ],
    ];

    it.each(forgeries)('%s', async (_name, forge) => {
      const [one, other] = [await open(), await open()];
      const verified = await passport(1);
      await one.put(verified);
      const genuine = structuredClone(verified.passport);
      await overwrite(verified, await forge(genuine));
      expect(await other.get(idOf(1))).toBeUndefined();
      // Not even by who verified the genuine one.
      expect(await one.get(idOf(1))).toBeUndefined();
      await overwrite(verified, JSON.stringify(genuine));
      expect(await other.get(idOf(1))).toMatchObject({ digest: verified.digest });
    });

    it('by an authority that is trusted no more', async () => {
      await (await open()).put(await passport(1));
      expect(await (await open({ trustAnchors: [b.options()] })).get(idOf(1))).toBeUndefined();
      const other = await Authority.create('a.example');
      expect(await (await open({ trustAnchors: [other.options()] })).get(idOf(1))).toBeUndefined();
      expect(await (await open({ trustAnchors: [] })).get(idOf(1))).toBeUndefined();
    });

    it('after they have expired', async () => {
      await (await open()).put(await passport(1));
      now = NOW + HOUR_MS;
      expect(await (await open()).get(idOf(1))).toBeUndefined();
    });
  });

  it('drop out when there are too many, the one used longest ago first, but not what they were', async () => {
    const store = await open({ maxPassports: 2 });
    const two = await passport(2);
    for (const verified of [await passport(1), two]) {
      now += 1;
      await store.put(verified);
    }
    now += 1;
    await store.get(idOf(1));
    now += 1;
    await store.put(await passport(3));
    expect(await store.get(idOf(2))).toBeUndefined();
    expect(await store.get(idOf(1))).toBeDefined();
    expect(await rejectionOf(store.put(await passport(2, a, 'other')))).toBe('passport_id_conflict');
    expect(await store.put(two)).toBe('stored');
    expect(await store.get(idOf(2))).toBe(two);
  });

  it('are refused when the store is full, of one anchor or of all, until others have expired', async () => {
    const store = await open({ maxIdentities: 3, maxIdentitiesPerAnchor: 2 });
    await store.put(await passport(1, a, 'agent', NOW + 1000));
    await store.put(await passport(2));
    expect(await rejectionOf(store.put(await passport(3)))).toBe('passport_store_full');
    await store.put(await passport(3, b));
    expect(await rejectionOf(store.put(await passport(4, b)))).toBe('passport_store_full');
    now = NOW + 61_000;
    expect(await store.put(await passport(5))).toBe('stored');
    expect(await client.hlen(`{${prefix}:passports}:pins`)).toBe(3);
  });

  it('are refused, not unknown, while the server is away', async () => {
    const away = { evalsha: () => Promise.reject(new Error('gone')), eval: () => Promise.reject(new Error('gone')) };
    const store = await RedisPassportStore.open(away, { trustAnchors: anchors });
    await expect(store.get(idOf(1))).rejects.toMatchObject({ code: 'command_failed' });
    await expect(store.put(await passport(1))).rejects.toMatchObject({ code: 'command_failed' });
  });

  it.each([
    ['a number', 1],
    ['numbers', [1, 2]],
  ])('are refused where the server replies with %s', async (_name, reply) => {
    const odd = { evalsha: () => Promise.resolve(reply), eval: () => Promise.resolve(reply) };
    const store = await RedisPassportStore.open(odd, { trustAnchors: anchors });
    await expect(store.get(idOf(1))).rejects.toMatchObject({ code: 'reply_malformed' });
    const put = await store.put(await passport(1)).catch((error: unknown) => error);
    expect(put).toMatchObject({ code: 'reply_malformed' });
    expect(put).not.toBeInstanceOf(McpsError);
  });

  it.each([{ maxPassports: 0 }, { maxIdentities: 1.5 }, { maxIdentitiesPerAnchor: -1 }, { prefix: 'a}b' }])(
    'have sound limits: %o',
    async (options) => {
      await expect(open(options)).rejects.toMatchObject({ code: 'option_invalid' });
    },
  );
});
