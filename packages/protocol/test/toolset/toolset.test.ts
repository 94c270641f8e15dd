import { generateKeyPair } from '@mcps/crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  MemoryToolsetPinStore,
  ToolsetListing,
  isVerified,
  pinToolset,
  signTool,
  signToolset,
  verifyToolset,
} from '../../src/index.js';
import type { JsonObject, ToolSignerKeys, VerifiedToolset } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { NOW, PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';
import { TOOLSET_ATTACKS } from './attacks.js';
import { pagesOf, stated, tool } from './lists.js';

const TOOLS = ['a', 'b', 'c', 'd', 'e'].map((name) => tool(name));

let author: KeyPair;
let signers: ToolSignerKeys;
beforeAll(async () => {
  author = await generateKeyPair();
  signers = (signedBy) => (signedBy === PASSPORT_ID ? author.publicKey : undefined);
});

describe('whoever changes a list', () => {
  for (const [name, attack] of Object.entries(TOOLSET_ATTACKS)) it(name, attack);
});

describe('a signed list of tools', () => {
  it('verifies, with what was found out about it', async () => {
    const statement = await stated(author, TOOLS, 7);
    const verified = await verifyToolset(pagesOf([TOOLS], statement), signers);
    expect(isVerified(verified, 'toolset')).toBe(true);
    expect(verified).toMatchObject({ root: statement.root, version: 7, signedBy: PASSPORT_ID, signedAtMs: NOW });
    expect(verified.entries.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('is the same before and after its tools are signed', async () => {
    const signed = await Promise.all(
      TOOLS.map((each) => signTool(each, { passportId: 'asp_x', key: author.privateKey, clock })),
    );
    expect((await stated(author, signed)).root).toBe((await stated(author, TOOLS)).root);
  });

  it('verifies however it is cut into pages, and no other list of its tools does', async () => {
    const statement = await stated(author, TOOLS);
    const order = fc.shuffledSubarray(TOOLS, { minLength: 0 });
    const cuts = fc.array(fc.nat({ max: TOOLS.length }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(order, cuts, async (tools, at) => {
        const ends = [...at.filter((end) => end <= tools.length).sort((one, other) => one - other), tools.length];
        const parts = ends.map((end, index) => tools.slice(ends[index - 1] ?? 0, end));
        const isWhole = tools.every((each, index) => each === TOOLS[index]) && tools.length === TOOLS.length;
        const outcome = await rejectionOf(verifyToolset(pagesOf(parts, statement), signers));
        expect(outcome).toBe(isWhole ? undefined : 'toolset_mismatch');
      }),
      {
        examples: [
          [TOOLS, []],
          [TOOLS, [0, 2, 2, 5]],
        ],
      },
    );
  });

  it('is not changed by whoever holds the page while it is verified', async () => {
    const page = pagesOf([[...TOOLS]], await stated(author, TOOLS))[0] ?? {};
    const verification = ToolsetListing.start().next(page, signers);
    (page['tools'] as JsonObject[]).length = 0;
    expect((await verification).toolset?.entries).toHaveLength(5);
  });

  it('may have a page asked for again, and ends with its last page', async () => {
    const [first = {}, last = {}] = pagesOf([TOOLS.slice(0, 2), TOOLS.slice(2)], await stated(author, TOOLS));
    const begun = await ToolsetListing.start().next(first, signers);
    expect([begun.toolset, begun.names]).toEqual([undefined, ['a', 'b']]);
    for (let attempt = 0; attempt < 2; attempt++) {
      const whole = await begun.next(last, signers);
      expect(whole.toolset?.entries).toHaveLength(5);
      await expect(whole.next(last, signers)).rejects.toThrow(TypeError);
    }
  });

  it('is not signed where no verifier would accept it', async () => {
    const options = { passportId: PASSPORT_ID, key: author.privateKey, clock };
    for (const version of [-1, 1.5, Number.NaN, 2 ** 53])
      await expect(signToolset(TOOLS, { ...options, version })).rejects.toThrow(ConfigurationError);
    await expect(signToolset(TOOLS, { ...options, version: 1, passportId: '' })).rejects.toThrow(ConfigurationError);
    expect(await rejectionOf(signToolset([{ inputSchema: {} }], { ...options, version: 1 }))).toBe('tool_malformed');
    const many = Array.from({ length: 10_001 }, () => ({ name: 'x' }));
    await expect(signToolset(many, { ...options, version: 1 })).rejects.toThrow(ConfigurationError);
  });

  it('has a thousand pages at most', async () => {
    const page = pagesOf([[], []], await stated(author, TOOLS))[0] ?? {};
    let listing = ToolsetListing.start();
    for (let count = 0; count < 1_000; count++) listing = await listing.next(page, signers);
    expect(await rejectionOf(listing.next(page, signers))).toBe('toolset_mismatch');
  });
});

describe('the pins of lists', () => {
  const verified = async (tools: readonly JsonObject[], version: number): Promise<VerifiedToolset> =>
    verifyToolset(pagesOf([tools], await stated(author, tools, version)), signers);

  it('take what verification has returned and nothing else', async () => {
    const forged = { ...(await verified(TOOLS, 1)) } as unknown as VerifiedToolset;
    await expect(pinToolset(new MemoryToolsetPinStore(), 'server', forged)).rejects.toThrow(TypeError);
  });

  it('let one of two different lists of a version win, whoever comes first', async () => {
    const store = new MemoryToolsetPinStore();
    const lists = [await verified(TOOLS, 1), await verified([], 1)];
    const outcomes = await Promise.all(lists.map((list) => rejectionOf(pinToolset(store, 'server', list))));
    expect(outcomes).toEqual([undefined, 'toolset_rolled_back']);
  });

  it('keep no server of any length, and have limits that are whole numbers', async () => {
    const store = new MemoryToolsetPinStore();
    const pin = { version: 1, root: 'a'.repeat(64) };
    expect(await rejectionOf(store.advance('x'.repeat(1_025), pin))).toBe('toolset_malformed');
    expect(() => new MemoryToolsetPinStore({ maxEntries: 0 })).toThrow(ConfigurationError);
  });
});
