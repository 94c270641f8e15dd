import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKnownPeers } from '../../src/state/file-known-peers.js';
import { FileToolPins } from '../../src/state/file-tool-pins.js';
import { FileToolsetPins } from '../../src/state/file-toolset-pins.js';
import { Workspace } from '../support/mcps.js';

let work: Workspace;
beforeEach(() => void (work = new Workspace()));
afterEach(() => work.remove());

const pin = (toolHash: string) => ({ toolHash, signedBy: 'asp_1' });

describe('what is remembered in files', () => {
  it('of tools: of many that come at the same time the first is kept, by all of them', async () => {
    const stores = Array.from({ length: 8 }, () => new FileToolPins(work.path));
    const kept = await Promise.all(stores.map((store, index) => store.add('s', 'tool', pin(`hash ${index}`))));
    expect(new Set(kept.map(({ toolHash }) => toolHash)).size).toBe(1);
    expect(await stores[0]?.get('s', 'tool')).toEqual(kept[0]);
    await stores[1]?.replace('s', 'tool', pin('approved'));
    expect(await stores[0]?.add('s', 'tool', pin('other'))).toEqual(pin('approved'));
    expect(await stores[0]?.get('other server', 'tool')).toBeUndefined();
    // Drafts do not stay.
    expect(readdirSync(work.path, { recursive: true })).toHaveLength(2);
  });

  it('of tools: a full store and a name that is too long are refused, and nothing is forgotten', async () => {
    const store = new FileToolPins(work.path, 1);
    await store.add('s', '../../up', pin('a'));
    await expect(store.add('s', 'b', pin('b'))).rejects.toMatchObject({ reason: 'tool_pin_store_full' });
    await expect(store.add('t', 'x'.repeat(1025), pin('b'))).rejects.toMatchObject({ reason: 'tool_malformed' });
    expect(await store.get('s', '../../up')).toEqual(pin('a'));
  });

  it('of lists of tools: the highest version, in whatever order they come', async () => {
    const stores = Array.from({ length: 8 }, () => new FileToolsetPins(work.path));
    await Promise.all(
      stores.map((store, index) => store.advance('s', { version: 8 - index, root: `root ${8 - index}` })),
    );
    const [store] = stores;
    expect(await store?.get('s')).toEqual({ version: 8, root: 'root 8' });
    expect(await store?.advance('s', { version: 8, root: 'other' })).toEqual({ version: 8, root: 'root 8' });
    expect(await store?.advance('s', { version: 7, root: 'older' })).toEqual({ version: 8, root: 'root 8' });
    expect(await store?.advance('s', { version: 9, root: 'newer' })).toEqual({ version: 9, root: 'newer' });
    expect(readdirSync(work.path, { recursive: true })).toHaveLength(2);
    await store?.replace('s', { version: 1, root: 'anew' });
    expect(await store?.get('s')).toEqual({ version: 1, root: 'anew' });
  });

  it('of secure peers: full means that no more are let in', async () => {
    const peers = new FileKnownPeers(work.path, 1);
    await peers.add('https://one.example/mcp');
    await peers.add('https://one.example/mcp');
    await expect(peers.add('https://two.example/mcp')).rejects.toMatchObject({ code: 'state_unavailable' });
    expect(await peers.has('https://one.example/mcp')).toBe(true);
    expect(await new FileKnownPeers(work.path).has('https://two.example/mcp')).toBe(false);
  });
});
