import { importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { KeySets, KnownRevocations, McpsError, createTrustAnchors } from '@mcps/protocol';
import type { TrustAnchorOptions } from '@mcps/protocol';
import { SUITES, TEST_KEYS } from '@mcps/vectors';
import type { Expectation } from '@mcps/vectors';
import { describe, expect, it } from 'vitest';
import { AuthorityApi } from '../../src/authority/authority-api.js';
import { recallKeySet } from '../../src/authority/key-keeper.js';
import { resolveOptions } from '../../src/client/options.js';
import { TrustClient } from '../../src/client/trust-client.js';
import { MemoryStateStore } from '../../src/state/state-store.js';
import { numbersIn } from '../../src/state/numbers.js';

interface SequenceInput {
  readonly anchors: readonly { issuer: string; keys: readonly string[]; statusKeys: readonly string[] }[];
  readonly now: number;
  readonly steps: readonly { bundle: object; restart?: true; expect: Expectation; revoked?: readonly string[] }[];
}

const PASSPORTS = ['a', 'c'].map((digit) => `asp_${digit.repeat(32)}`);

async function keyOf(name: string): Promise<PublicKey> {
  const key = TEST_KEYS[name];
  if (key === undefined) throw new Error(`There is no key ${name}`);
  return importPublicKey({ ...key.publicJwk, kty: 'EC', crv: 'P-256' });
}

/** As `createTrustClient` makes it for authorities without an address, but with published keys, which that refuses. */
async function openClient({ anchors, now }: SequenceInput, store: MemoryStateStore): Promise<TrustClient> {
  const configured: TrustAnchorOptions[] = await Promise.all(
    anchors.map(async ({ issuer, keys, statusKeys }) => ({
      issuer,
      keys: await Promise.all(keys.map(keyOf)),
      statusKeys: await Promise.all(statusKeys.map(keyOf)),
    })),
  );
  const clock = (): number => now;
  const settings = resolveOptions({
    authorities: configured.map((trustAnchor) => ({ urls: [], trustAnchor })),
    state: store,
    clock,
    fetch: () => Promise.reject(new Error('There is no network')),
  });
  const trusted = await createTrustAnchors(configured, { allowTestKeys: true });
  const keySets = new KeySets({ anchors: trusted, clock, state: numbersIn(store, 'key-set-number') });
  for (const { issuer } of anchors) await recallKeySet(issuer, keySets, store);
  const reached = configured.map((anchor) => {
    const api = new AuthorityApi({ ...settings, urls: [] });
    return { anchor, api, isReachable: false };
  });
  return new TrustClient(settings, reached, keySets, new KnownRevocations({ maxEntries: 100, clock }));
}

async function outcomeOf(run: Promise<unknown>): Promise<Expectation> {
  try {
    await run;
    return { outcome: 'accept' };
  } catch (error) {
    if (error instanceof McpsError) return { outcome: 'reject', code: error.code, reason: error.reason };
    throw error;
  }
}

describe('vectors: bundle-sequences', () => {
  for (const { id, title, input: untyped, expect: expected } of SUITES['bundle-sequences'].vectors) {
    it(`${id}: ${title}`, async () => {
      const input = untyped as unknown as SequenceInput;
      const store = new MemoryStateStore();
      let client = await openClient(input, store);
      let last: Expectation = { outcome: 'accept' };
      for (const step of input.steps) {
        if (step.restart === true) {
          await client.close();
          client = await openClient(input, store);
        }
        const outcome = await outcomeOf(client.importBundle(step.bundle));
        expect(outcome).toEqual(step.expect);
        if (outcome.outcome === 'reject') last = outcome;
        const { issuer } = input.anchors[0]!;
        if (step.revoked !== undefined)
          expect(PASSPORTS.filter((passport) => client.revocations.has(issuer, passport))).toEqual(step.revoked);
      }
      await client.close();
      expect(last).toEqual(expected);
    });
  }

  it('are all that the layer has', () => {
    const own = Object.values(SUITES).filter(({ layer }) => layer === 'trust-client');
    expect(own.map(({ suite }) => suite)).toEqual(['bundle-sequences']);
  });
});
