import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryPassportStore, MemoryReplayStore, resolveSecurity } from '../../src/index.js';
import type { JsonObject, SecurityOptions } from '../../src/index.js';
import { Pair, TestAuthority, TestClock, lastDelivered, reasons, resultOf } from './harness.js';
import type { Identity } from './harness.js';
import { discover, modernCall } from './modern.js';
import { StatelessServer, exchange } from './stateless-server.js';

const MESSAGES = 60;
const IDS = Array.from({ length: MESSAGES }, (_, index) => index + 1);

let clock: TestClock;
let authority: TestAuthority;
let identity: Identity;
let pair: Pair;

/** Three processes of one service, each of which makes a connection for every message. They keep sessions for whoever wants one. */
async function fleet(shared: () => Partial<SecurityOptions>): Promise<StatelessServer[]> {
  const replicas: StatelessServer[] = [];
  for (let count = 0; count < 3; count += 1) {
    const config = await resolveSecurity('server', {
      passport: identity.passport,
      privateKey: identity.privateKey,
      trustAnchors: [authority.anchor],
      clock: clock.read,
      ...shared(),
    });
    replicas.push(new StatelessServer(config));
  }
  clock.advance(10);
  return replicas;
}

const replayStore = (): MemoryReplayStore => new MemoryReplayStore({ clock: clock.read });
const passportStore = (): MemoryPassportStore => new MemoryPassportStore({ clock: clock.read });
const all = (replicas: readonly StatelessServer[]): unknown[] =>
  replicas.flatMap(({ calls }) => calls).sort((a, b) => Number(a) - Number(b));
const at = (replicas: readonly StatelessServer[], index: number): StatelessServer => {
  const replica = replicas[index % replicas.length];
  if (replica === undefined) throw new Error('There is no replica');
  return replica;
};

/** Everything that the client signs arrives at every replica at once, a different one first each time. */
async function flood(replicas: readonly StatelessServer[], messages: readonly JsonObject[]): Promise<void> {
  for (const [index, message] of messages.entries()) {
    await Promise.all(replicas.map((_, offset) => at(replicas, index + offset).post(structuredClone(message))));
  }
}

async function sign(): Promise<JsonObject[]> {
  const messages: JsonObject[] = [];
  for (const id of IDS) messages.push(await pair.sign('client', modernCall(id)));
  return messages;
}

beforeEach(async () => {
  clock = new TestClock();
  authority = await TestAuthority.create(clock);
  identity = await authority.issue('server');
  pair = await Pair.create({ authority, delivery: 'concurrent' });
});

describe('three replicas', () => {
  it('carry each message out exactly once between them, and know who asked one of them', async () => {
    const stores = { replayStore: replayStore(), passportStore: passportStore() };
    const replicas = await fleet(() => stores);
    await exchange(pair, at(replicas, 0), discover());
    expect(pair.client.connection.peer?.passportId).toBe(identity.passport.passport_id);
    const messages = await sign();
    expect(JSON.stringify(messages)).not.toContain('dev.mcps/passport');
    await flood(replicas, messages);
    expect(all(replicas)).toEqual(IDS);
    const refused = replicas.flatMap((replica) => replica.refused);
    expect(refused).toEqual(Array.from({ length: 2 * MESSAGES }, () => 'nonce_repeated'));
  });

  it('answer a client in turn, each bound to its own question', async () => {
    const stores = { replayStore: replayStore(), passportStore: passportStore() };
    const replicas = await fleet(() => stores);
    await exchange(pair, at(replicas, 0), discover());
    for (const id of IDS) {
      await exchange(pair, at(replicas, id), modernCall(id));
      expect(lastDelivered(pair.client)).toEqual(resultOf(id));
    }
    expect(all(replicas)).toEqual(IDS);
    expect(reasons(pair.client)).toEqual([]);
    expect(replicas.map(({ calls }) => calls.length)).toEqual([20, 20, 20]);
  });

  it('ask for the passport where they do not share what they know, and still carry each message out once', async () => {
    const store = replayStore();
    const replicas = await fleet(() => ({ replayStore: store }));
    await exchange(pair, at(replicas, 0), discover());
    for (const id of IDS) await exchange(pair, at(replicas, id), modernCall(id));
    expect(all(replicas)).toEqual(IDS);
    expect(replicas.map(({ refused }) => refused)).toEqual([[], ['unknown_passport'], ['unknown_passport']]);
    expect(lastDelivered(pair.client)).toEqual(resultOf(MESSAGES));
    expect(reasons(pair.client)).toEqual([]);
  });

  it('refuse the first try of a repeated message, whichever of them it reaches later', async () => {
    const store = replayStore();
    const replicas = await fleet(() => ({ replayStore: store }));
    await exchange(pair, at(replicas, 0), discover());
    const first = await pair.sign('client', modernCall(1));
    const [refusal] = await at(replicas, 1).post(structuredClone(first));
    const [answer] = await pair.client.connection.open(refusal);
    if (answer?.type !== 'answer') throw new Error('The call is not made again');
    const [repeated] = await pair.client.connection.protect(answer.answer);
    if (repeated?.type !== 'send') throw new Error('The call is not made again');
    await at(replicas, 1).post(repeated.message);
    for (const replica of replicas) await replica.post(structuredClone(first));
    for (const replica of replicas) await replica.post(structuredClone(repeated.message));
    expect(all(replicas)).toEqual([1]);
    expect(replicas.map(({ refused }) => refused)).toEqual([
      ['nonce_repeated', 'nonce_repeated'],
      ['unknown_passport', 'nonce_repeated', 'nonce_repeated'],
      ['unknown_passport', 'nonce_repeated'],
    ]);
  });

  it('would carry a message out thrice if they shared nothing: the store is what stops it', async () => {
    const passports = passportStore();
    const replicas = await fleet(() => ({ passportStore: passports }));
    await exchange(pair, at(replicas, 0), discover());
    await flood(replicas, [await pair.sign('client', modernCall(1))]);
    expect(all(replicas)).toEqual([1, 1, 1]);
  });
});
