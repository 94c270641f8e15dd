import { MemoryReplayStore } from '@mcps/protocol';
import type { ReplayEntry, ReplayOutcome, ReplayStore } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { reasonsIn } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';
import { handshake, securedPair, settled } from '../harness/secured-pair.js';
import type { SecuredPair } from '../harness/secured-pair.js';
import type { Wire } from '../harness/message.js';

/** A store that lets through as many as it is told: whatever comes meanwhile waits in the queue of its connection. */
class SlowStore implements ReplayStore {
  readonly shared = false;
  readonly #store = new MemoryReplayStore();
  readonly #waiting: (() => void)[] = [];
  #open = true;

  /** Lets `count` through that wait, and then no more. */
  let(count: number): void {
    this.#open = false;
    for (const go of this.#waiting.splice(0, count)) go();
  }

  open(): void {
    this.let(Infinity);
    this.#open = true;
  }

  floorMs(): number {
    return this.#store.floorMs();
  }

  async consume(entries: readonly ReplayEntry[], nowMs: number): Promise<ReplayOutcome> {
    if (!this.#open) await new Promise<void>((go) => this.#waiting.push(go));
    return this.#store.consume(entries, nowMs);
  }
}

const ping = (id: number): Wire => ({ jsonrpc: '2.0', id, method: 'ping' });

async function crowdedPair(): Promise<{ pair: SecuredPair; store: SlowStore }> {
  const replayStore = new SlowStore();
  const pair = await securedPair(await makeParties({ server: { replayStore, maxQueuedMessages: 2 } }));
  await handshake(pair);
  return { pair, store: replayStore };
}

describe('requests for which a queue has no room', () => {
  it('are refused at once in answers that their sender can verify, and the connection goes on', async () => {
    const { pair, store } = await crowdedPair();
    store.let(0);
    for (const id of [1, 2, 3, 4, 5, 6]) await pair.client.transport.send(ping(id));
    // The first is being verified, two wait.
    await settled(() => pair.client.delivered.length === 3);
    expect(pair.client.delivered).toMatchObject(
      [4, 5, 6].map((id) => ({ id, error: { code: -33010, data: { code: 'MCPS-010', reason: 'connection_limit' } } })),
    );
    for (const answer of pair.client.delivered) expect(answer.error.data).not.toHaveProperty('outcome');
    expect(pair.client.errors).toEqual([]);
    expect(reasonsIn(pair.server.errors)).toEqual(['connection_limit', 'connection_limit', 'connection_limit']);
    store.open();
    await settled(() => pair.server.delivered.length === 3);
    await pair.client.transport.send(ping(7));
    await settled(() => pair.server.delivered.length === 4);
    expect(pair.server.delivered.map((message) => message.id)).toEqual([1, 2, 3, 7]);
    expect(pair.server.errors).toHaveLength(3);
  });

  it('leave no gap, wherever they stood among the others', async () => {
    const { pair, store } = await crowdedPair();
    const arrive = async (id: number): Promise<void> => {
      await pair.client.transport.send(ping(id));
      // What arrives has been taken in, or refused, before the next is sent.
      await new Promise((resolve) => setImmediate(resolve));
    };
    const pass = async (id: number): Promise<void> => {
      store.let(1);
      await settled(() => pair.server.delivered.some((message) => message.id === id));
      await new Promise((resolve) => setImmediate(resolve));
    };
    store.let(0);
    for (const id of [1, 2, 3, 4]) await arrive(id);
    await pass(1);
    await arrive(5);
    await pass(2);
    for (const id of [6, 7]) await arrive(id);
    store.open();
    await pair.server.transport.idle();
    await arrive(8);
    await pair.server.transport.idle();
    expect(pair.server.delivered.map((message) => message.id)).toEqual([1, 2, 3, 6, 8]);
    expect(pair.client.delivered.map((message) => message.id)).toEqual([4, 5, 7]);
    expect(reasonsIn(pair.server.errors)).toEqual(['connection_limit', 'connection_limit', 'connection_limit']);
  });

  it('are refused by the rate of a connection in the same way', async () => {
    const pair = await securedPair(await makeParties({ server: { connectionLimit: { perSecond: 0.001, burst: 3 } } }));
    await handshake(pair);
    for (const id of [1, 2]) await pair.client.transport.send(ping(id));
    await settled(() => pair.client.delivered.length === 1);
    expect(pair.client.delivered[0]).toMatchObject({ id: 2, error: { data: { reason: 'connection_limit' } } });
    expect(pair.client.delivered[0].error.data).not.toHaveProperty('outcome');
    expect(pair.client.errors).toEqual([]);
  });
});

describe('answers of the connection’s own', () => {
  it('wait to be signed in a bounded number: with one more the connection ends, so that nobody waits in vain', async () => {
    const parties = await makeParties();
    const { publicKey } = parties.server.identity.privateKey;
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, {
      ...parties.server.options,
      role: 'server',
      // A key service that does not answer.
      privateKey: { publicKey, format: 'p1363', sign: () => new Promise(() => undefined) },
    });
    let closed = 0;
    const errors: Error[] = [];
    secured.onclose = () => void (closed += 1);
    secured.onerror = (error) => void errors.push(error);
    await secured.start();
    for (let id = 0; id < 10_001; id += 1) inner.receive(ping(id));
    await secured.idle();
    expect(closed).toBe(0);
    inner.receive(ping(10_001));
    await settled(() => closed === 1);
    expect(reasonsIn(errors.slice(-2))).toEqual(['connection_limit', 'envelope_missing']);
  });
});
