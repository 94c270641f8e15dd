import { describe, expect, it } from 'vitest';
import { Pair, call, lastDelivered, methods, reasons, resultOf } from './harness.js';
import { STATELESS_ATTACKS } from './stateless-attacks.js';
import { exchange, restarted, setUpStateless } from './stateless-server.js';

describe('without a handshake', () => {
  it('carries the passport until the server has shown that it holds it', async () => {
    const { pair, server } = await setUpStateless();
    await exchange(pair, server, call(1));
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
    const second = await pair.sign('client', call(2));
    expect(JSON.stringify(second)).not.toContain('dev.mcps/passport');
    expect(server.calls).toEqual([1]);
  });

  it('repeats a call once, with the passport, for a server that has never seen it', async () => {
    const world = await setUpStateless();
    await exchange(world.pair, world.server, call(1));
    const other = await restarted(world);
    world.clock.advance(10);
    await exchange(world.pair, other, call(2));
    expect(other.refused).toEqual(['unknown_passport']);
    expect(other.calls).toEqual([2]);
    expect(lastDelivered(world.pair.client)).toEqual(resultOf(2));
    expect(reasons(world.pair.client)).toEqual([]);
  });

  it('repeats no call that was first made a while ago: the application hears why it was refused', async () => {
    const world = await setUpStateless();
    const { pair } = world;
    await exchange(pair, world.server, call(1));
    const other = await restarted(world);
    world.clock.advance(10);
    const [refusal] = await other.post(await pair.sign('client', call(2)));
    world.clock.advance(30_001);
    const [item] = await pair.client.connection.open(refusal);
    expect(item).toMatchObject({
      type: 'deliver',
      message: { id: 2, error: { data: { reason: 'unknown_passport' } } },
    });
  });

  it('needs the name of the server that it addresses', async () => {
    const pair = await Pair.create();
    await pair.send('client', call(1));
    expect(pair.client.failures[0]).toMatchObject({ name: 'ConfigurationError', code: 'option_missing' });
    expect(methods(pair.server)).toEqual([]);
  });
});

describe('an attacker on the way to a server that keeps no session', () => {
  for (const [name, attack] of Object.entries(STATELESS_ATTACKS)) it(name, attack);
});
