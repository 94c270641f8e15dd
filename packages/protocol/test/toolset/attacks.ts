import { canonicalizeToBytes, encodeBase64, generateKeyPair, sign } from '@mcps/crypto';
import { expect } from 'vitest';
import { MemoryToolsetPinStore, ToolsetListing, contextBytes, pinToolset, verifyToolset } from '../../src/index.js';
import type { JsonObject, SignedToolset, ToolSignerKeys } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { PASSPORT_ID } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';
import { pagesOf, stated, tool } from './lists.js';

const TOOLS = [tool('read'), tool('write'), tool('move')];
const [READ, WRITE, MOVE] = TOOLS as [JsonObject, JsonObject, JsonObject];

interface World {
  readonly author: KeyPair;
  readonly signers: ToolSignerKeys;
  readonly statement: SignedToolset;
}

async function world(): Promise<World> {
  const author = await generateKeyPair();
  const signers: ToolSignerKeys = (signedBy) => (signedBy === PASSPORT_ID ? author.publicKey : undefined);
  return { author, signers, statement: await stated(author, TOOLS) };
}

async function refused(pages: readonly JsonObject[], { signers }: World, reason: string): Promise<void> {
  expect(await rejectionOf(verifyToolset(pages, signers))).toBe(reason);
}

/** What somebody between author and client may do to a list, as functions that reject if it gets through. */
export const TOOLSET_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'leaves a tool out and adapts the statement': async () => {
    const here = await world();
    const { count, root } = await stated(await generateKeyPair(), [READ, MOVE]);
    await refused(pagesOf([[READ, MOVE]], { ...here.statement, count, root }), here, 'toolset_signature_invalid');
  },

  'exchanges a tool for another': async () => {
    const here = await world();
    await refused(pagesOf([[READ, WRITE, tool('shell')]], here.statement), here, 'toolset_mismatch');
  },

  'puts another tool first': async () => {
    const here = await world();
    await refused(pagesOf([[MOVE, READ, WRITE]], here.statement), here, 'toolset_mismatch');
  },

  'renames a tool': async () => {
    const here = await world();
    await refused(pagesOf([[READ, WRITE, { ...MOVE, name: 'Move' }]], here.statement), here, 'toolset_mismatch');
  },

  'counts otherwise than it lists': async () => {
    const here = await world();
    const { signature: _signature, ...content } = { ...here.statement, count: 4 };
    // A signer that contradicts itself: nobody must have to choose which of the two it meant.
    const input = contextBytes('toolset', canonicalizeToBytes(content));
    const statement = { ...content, signature: encodeBase64(await sign(here.author.privateKey, input)) };
    await refused(pagesOf([TOOLS], statement), here, 'toolset_mismatch');
  },

  'mixes the pages of two lists': async () => {
    const here = await world();
    const [first] = pagesOf([[READ], []], await stated(here.author, [READ]));
    const [, second] = pagesOf([[READ], [WRITE, MOVE]], here.statement);
    if (first === undefined || second === undefined) throw new Error('There are two pages');
    await refused([first, second], here, 'toolset_mismatch');
  },

  'lists without an end': async () => {
    const here = await world();
    let listing = ToolsetListing.start();
    let page = 0;
    const list = async (): Promise<void> => {
      for (; page < 10; page++) {
        const [endless] = pagesOf([[tool(`tool-${page}`)], []], here.statement);
        listing = await listing.next(endless ?? {}, here.signers);
      }
    };
    expect(await rejectionOf(list())).toBe('toolset_mismatch');
    expect(page).toBe(3);
  },

  'hides the rest behind a cursor that is empty': async () => {
    const here = await world();
    const listing = ToolsetListing.start();
    const [first] = pagesOf([[READ], []], here.statement);
    expect(await rejectionOf(listing.next({ ...first, nextCursor: '' }, here.signers))).toBe('toolset_malformed');
  },

  'goes back to an earlier list': async () => {
    const { author, signers, statement: older } = await world();
    const store = new MemoryToolsetPinStore();
    const present = await verifyToolset(pagesOf([[READ]], await stated(author, [READ], 2)), signers);
    await pinToolset(store, 'server', present);
    const earlier = await verifyToolset(pagesOf([TOOLS], older), signers);
    expect(await rejectionOf(pinToolset(store, 'server', earlier))).toBe('toolset_rolled_back');
    expect(await rejectionOf(pinToolset(store, 'server', present))).toBeUndefined();
  },

  'states another list under the same version': async () => {
    const { author, signers, statement } = await world();
    const store = new MemoryToolsetPinStore();
    await pinToolset(store, 'server', await verifyToolset(pagesOf([TOOLS], statement), signers));
    const other = await verifyToolset(pagesOf([[READ]], await stated(author, [READ], 1)), signers);
    expect(await rejectionOf(pinToolset(store, 'server', other))).toBe('toolset_rolled_back');
  },
};
