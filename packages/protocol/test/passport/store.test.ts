import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError, MemoryPassportStore, createPassport, createTrustAnchors } from '../../src/index.js';
import type { PassportFacts, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { Authority, HOUR_MS, NOW, newKeys, verifyAt } from './world.js';
import type { Keys } from './world.js';

let a: Authority;
let b: Authority;
let anchors: TrustAnchors;
let keys: Keys;
let now = NOW;
const clock = () => now;

beforeAll(async () => {
  a = await Authority.create('a.example');
  b = await Authority.create('b.example');
  anchors = await createTrustAnchors([a.options(), b.options()]);
  keys = await newKeys();
});

beforeEach(() => {
  now = NOW;
});

const idOf = (n: number) => `asp_${n.toString(16).padStart(32, '0')}`;

async function passport(
  n: number,
  authority = a,
  name = 'agent',
  expiresAtMs = NOW + HOUR_MS,
): Promise<VerifiedPassport> {
  const holder = await authority.issue({ id: idOf(n), name, expiresAtMs }, keys);
  return verifyAt(holder.passport, anchors);
}

describe('what is kept', () => {
  it('is found by its id', async () => {
    const store = new MemoryPassportStore({ clock });
    const verified = await passport(1);
    expect(await store.get(idOf(1))).toBeUndefined();
    expect(await store.put(verified)).toBe('stored');
    expect(await store.get(idOf(1))).toBe(verified);
    expect(await store.put(verified)).toBe('known');
    expect(await store.put(await verifyAt(verified.passport, anchors))).toBe('known');
    expect(store.size).toBe(1);
  });

  it('is only what has been verified', async () => {
    const store = new MemoryPassportStore({ clock });
    const verified = await passport(1);
    const facts: PassportFacts = { ...verified, staticLevel: 4 };
    // @ts-expect-error what looks like a verified passport is none, in types either
    await expect(store.put(facts)).rejects.toBeInstanceOf(TypeError);
    // @ts-expect-error a passport is not verified
    await expect(store.put(verified.passport)).rejects.toBeInstanceOf(TypeError);
    // @ts-expect-error a copy is not verified
    await expect(store.put({ ...verified })).rejects.toBeInstanceOf(TypeError);
    expect(store.size).toBe(0);
  });

  it('is never replaced by another passport of that id', async () => {
    const store = new MemoryPassportStore({ clock });
    const first = await passport(1);
    await store.put(first);
    expect(await rejectionOf(store.put(await passport(1, a, 'other')))).toBe('passport_id_conflict');
    expect(await store.get(idOf(1))).toBe(first);
  });

  it('leaves out who vouches for himself, so that nobody takes an id away', async () => {
    const store = new MemoryPassportStore({ clock });
    const squatter = createPassport({
      name: 'me',
      version: '1',
      publicKey: keys.publicKey,
      id: idOf(1),
      issuedAtMs: NOW - HOUR_MS,
    });
    expect(await store.put(await verifyAt(squatter, anchors))).toBe('not-kept');
    const unknown = await (await Authority.create('c.example')).issue({ id: idOf(1) });
    expect(await store.put(await verifyAt(unknown.passport, anchors))).toBe('not-kept');
    expect(store.size).toBe(0);
    const verified = await passport(1);
    expect(await store.put(verified)).toBe('stored');
    expect(await store.get(idOf(1))).toBe(verified);
  });

  it('is not guessed where two anchors have given the same id', async () => {
    const store = new MemoryPassportStore({ clock });
    const [ofA, ofB] = [await passport(1, a), await passport(1, b)];
    expect(await store.put(ofA)).toBe('stored');
    expect(await store.put(ofB)).toBe('stored');
    expect(await store.get(idOf(1))).toBeUndefined();
    expect(await store.put(ofA)).toBe('known');
    expect(await rejectionOf(store.put(await passport(1, b, 'other')))).toBe('passport_id_conflict');
  });
});

describe('bounds', () => {
  it('drops the passport that was used longest ago, but not what it was', async () => {
    const store = new MemoryPassportStore({ clock, maxPassports: 2 });
    const [one, two, three] = [await passport(1), await passport(2), await passport(3)];
    await store.put(one);
    await store.put(two);
    await store.get(idOf(1));
    await store.put(three);
    expect(await store.get(idOf(2))).toBeUndefined();
    expect(await store.get(idOf(1))).toBe(one);
    expect(await store.get(idOf(3))).toBe(three);
    expect(await rejectionOf(store.put(await passport(2, a, 'other')))).toBe('passport_id_conflict');
    expect(await store.put(two)).toBe('stored');
    expect(await store.get(idOf(2))).toBe(two);
  });

  it('refuses another identity when full, and takes it once one has expired', async () => {
    const store = new MemoryPassportStore({ clock, maxIdentities: 2, maxIdentitiesPerAnchor: 2 });
    await store.put(await passport(1, a, 'agent', NOW + 1000));
    await store.put(await passport(2));
    const third = await passport(3);
    expect(await rejectionOf(store.put(third))).toBe('passport_store_full');
    now = NOW + 999;
    expect(await rejectionOf(store.put(third))).toBe('passport_store_full');
    now = NOW + 1000;
    expect(await store.put(third)).toBe('stored');
    expect(await store.get(idOf(1))).toBeUndefined();
    expect(store.size).toBe(2);
    await expect(store.put(await passport(4))).rejects.toMatchObject({ code: 'MCPS-010' });
  });

  it('keeps a place for other anchors', async () => {
    const store = new MemoryPassportStore({ clock, maxIdentities: 4 });
    await store.put(await passport(1));
    await store.put(await passport(2));
    expect(await rejectionOf(store.put(await passport(3)))).toBe('passport_store_full');
    expect(await store.put(await passport(3, b))).toBe('stored');
    expect(await store.put(await passport(4, b))).toBe('stored');
  });

  it('forgets an id of two anchors one by one', async () => {
    const store = new MemoryPassportStore({ clock, maxIdentities: 2, maxIdentitiesPerAnchor: 2 });
    const ofB = await passport(1, b);
    await store.put(await passport(1, a, 'agent', NOW + 1));
    await store.put(ofB);
    now = NOW + 1;
    await store.put(await passport(2));
    expect(await store.get(idOf(1))).toBe(ofB);
  });

  it.each([0, -1, 1.5, Number.NaN])('of %s are refused', (limit) => {
    for (const name of ['maxPassports', 'maxIdentities', 'maxIdentitiesPerAnchor']) {
      expect(() => new MemoryPassportStore({ [name]: limit })).toThrow(ConfigurationError);
    }
  });
});
