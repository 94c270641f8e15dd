import { generateKeyPair } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, MemoryToolPinStore, pinTool, signTool, verifyTool } from '../../src/index.js';
import type { JsonObject, VerifiedTool } from '../../src/index.js';
import { rejectionOf } from '../support/refusal.js';
import { PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const SERVER = 'https://server.example.com/mcp';
const TOOL = { name: 'read_file', description: 'Reads a file', inputSchema: { type: 'object' } };
const PIN = { toolHash: 'a'.repeat(64), signedBy: PASSPORT_ID };

let author: KeyPair;
beforeAll(async () => {
  author = await generateKeyPair();
});

async function verified(tool: JsonObject, passportId = PASSPORT_ID): Promise<VerifiedTool> {
  return verifyTool(await signTool(tool, { passportId, key: author.privateKey, clock }), () => author.publicKey);
}

describe('a pinned tool', () => {
  it('is taken at first sight and accepted as long as it stays the same', async () => {
    const store = new MemoryToolPinStore();
    await pinTool(store, SERVER, await verified(TOOL));
    expect(await rejectionOf(pinTool(store, SERVER, await verified(TOOL)))).toBeUndefined();
  });

  it('is refused when it changes, signed or not, and the pin outlives the attempt', async () => {
    const store = new MemoryToolPinStore();
    await pinTool(store, SERVER, await verified(TOOL));
    const pin = await store.get(SERVER, 'read_file');
    const changed = await verified({ ...TOOL, description: 'Reads a file and sends it on' });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await rejectionOf(pinTool(store, SERVER, changed))).toBe('tool_pin_changed');
    }
    expect(await store.get(SERVER, 'read_file')).toEqual(pin);
    expect(await rejectionOf(pinTool(store, SERVER, await verified(TOOL)))).toBeUndefined();
  });

  it('is refused when another signs it', async () => {
    const store = new MemoryToolPinStore();
    await pinTool(store, SERVER, await verified(TOOL));
    expect(await rejectionOf(pinTool(store, SERVER, await verified(TOOL, 'asp_another')))).toBe('tool_pin_changed');
  });

  it('changes where a person has approved it', async () => {
    const store = new MemoryToolPinStore();
    await pinTool(store, SERVER, await verified(TOOL));
    const changed = await verified({ ...TOOL, title: 'Read' });
    await store.replace(SERVER, 'read_file', { toolHash: changed.toolHash, signedBy: changed.signedBy });
    expect(await rejectionOf(pinTool(store, SERVER, changed))).toBeUndefined();
    expect(await rejectionOf(pinTool(store, SERVER, await verified(TOOL)))).toBe('tool_pin_changed');
  });

  it('belongs to one server', async () => {
    const store = new MemoryToolPinStore();
    await pinTool(store, SERVER, await verified(TOOL));
    const other = await verified({ ...TOOL, title: 'Another' });
    expect(await rejectionOf(pinTool(store, 'https://other.example.com', other))).toBeUndefined();
  });

  it('is one that was verified: a copy of the facts is not', async () => {
    const store = new MemoryToolPinStore();
    const copy = { ...(await verified(TOOL)) } as VerifiedTool;
    await expect(pinTool(store, SERVER, copy)).rejects.toThrow(TypeError);
    expect(await store.get(SERVER, 'read_file')).toBeUndefined();
  });
});

describe('the store in memory', () => {
  it('keeps the first of concurrent pins', async () => {
    const store = new MemoryToolPinStore();
    const pins = ['a', 'b', 'c'].map((digit) => ({ ...PIN, toolHash: digit.repeat(64) }));
    const kept = await Promise.all(pins.map((pin) => store.add(SERVER, 'tool', pin)));
    expect(new Set(kept.map(({ toolHash }) => toolHash))).toEqual(new Set(['a'.repeat(64)]));
  });

  it('keeps a pin as it was given', async () => {
    const store = new MemoryToolPinStore();
    const pin = { ...PIN };
    await store.add(SERVER, 'tool', pin);
    pin.toolHash = 'b'.repeat(64);
    expect(await store.get(SERVER, 'tool')).toEqual(PIN);
  });

  it('never mixes up servers and names', async () => {
    const store = new MemoryToolPinStore();
    await store.add('ab', 'c', PIN);
    await store.add('__proto__', 'constructor', PIN);
    for (const [server, name] of [
      ['a', 'bc'],
      ['abc', ''],
      ['', 'abc'],
      ['__proto__', 'toString'],
    ] as const) {
      expect(await store.get(server, name)).toBeUndefined();
    }
    expect(await store.get('__proto__', 'constructor')).toEqual(PIN);
  });

  it('refuses when full, and forgets nothing', async () => {
    const store = new MemoryToolPinStore({ maxEntries: 3 });
    for (const name of ['a', 'b', 'c']) await store.add(SERVER, name, PIN);
    expect(await rejectionOf(store.add('other', 'd', PIN))).toBe('tool_pin_store_full');
    expect(await rejectionOf(store.replace('other', 'd', PIN))).toBe('tool_pin_store_full');
    for (const name of ['a', 'b', 'c']) expect(await store.add(SERVER, name, { ...PIN, signedBy: 'x' })).toEqual(PIN);
    await store.replace(SERVER, 'a', { ...PIN, signedBy: 'x' });
    expect((await store.get(SERVER, 'a'))?.signedBy).toBe('x');
  });

  it('does not let one server use up the room of the others', async () => {
    const store = new MemoryToolPinStore({ maxEntries: 10, maxPerServer: 2 });
    await store.add('greedy', 'a', PIN);
    await store.add('greedy', 'b', PIN);
    expect(await rejectionOf(store.add('greedy', 'c', PIN))).toBe('tool_pin_store_full');
    expect(await rejectionOf(store.add('modest', 'c', PIN))).toBeUndefined();
  });

  it('does not keep names of any length', async () => {
    const store = new MemoryToolPinStore();
    expect(await rejectionOf(store.add(SERVER, 'x'.repeat(1_025), PIN))).toBe('tool_malformed');
    expect(await rejectionOf(store.add(SERVER, 'x'.repeat(1_024), PIN))).toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('has limits that are whole numbers: %d', (limit) => {
    expect(() => new MemoryToolPinStore({ maxEntries: limit })).toThrow(ConfigurationError);
    expect(() => new MemoryToolPinStore({ maxPerServer: limit })).toThrow(ConfigurationError);
  });
});
