import { describe, expect, it } from 'vitest';
import { isCall, isMethod, reasonsIn, rejectionOf, textOf, until } from '../harness/expectations.js';
import { clone } from '../harness/message.js';
import type { Wire } from '../harness/message.js';
import { makeParties, makeParty } from '../harness/parties.js';
import { inMemory, statelessHttp } from '../harness/session.js';
import type { Session } from '../harness/session.js';

const echo = (session: Session, text: string) => session.client.callTool({ name: 'echo', arguments: { text } });

/** The first echo call that a session puts on the wire. */
async function captureCall(session: Session): Promise<Wire> {
  let captured: Wire;
  session.attacker.once('toServer', isCall('echo'), (message) => {
    captured = clone(message);
    return [message];
  });
  await echo(session, 'pay 100');
  return captured;
}

describe.each([inMemory, statelessHttp])('an attacker between several connections: $name', (runner) => {
  it('relays a call to another server that trusts the same authority', async () => {
    const parties = await makeParties();
    const other = makeParty(parties.authority, await parties.authority.issue('other-server'));
    const a = await runner.open({ client: parties.client.options, server: parties.server.options });
    const b = await runner.open({ client: parties.client.options, server: other.options });
    await a.connect();
    await b.connect();
    const captured = await captureCall(a);
    b.attacker.once('toServer', isMethod('ping'), (message) => [captured, message]);
    await b.client.ping().catch(() => undefined);
    await until(() => b.serverErrors.length > 0, 'refusal');
    expect(reasonsIn(b.serverErrors)).toEqual(['audience_mismatch']);
    expect(b.calls.names).toEqual([]);
    await a.close();
    await b.close();
  });

  it('answers in the place of the server, with a valid passport of its own', async () => {
    const parties = await makeParties();
    const impostor = makeParty(parties.authority, await parties.authority.issue('impostor'));
    const expectedPeers = [parties.server.identity.passport.passport_id];
    const careful = { ...parties.client.options, expectedPeers };
    const meant = await runner.open({ client: careful, server: parties.server.options });
    await meant.connect();
    await meant.close();
    const other = await runner.open({ client: careful, server: impostor.options });
    expect(await rejectionOf(other.connect())).toMatchObject({
      code: -33011,
      data: { code: 'MCPS-011', reason: 'origin_mismatch' },
    });
    expect(other.attacker.fromClient.map((message) => message.method)).toEqual(['initialize']);
    await other.close();
  });

  it('has its own identity of the same authority take a call over', async () => {
    const parties = await makeParties();
    const thief = makeParty(parties.authority, await parties.authority.issue('thief'));
    const victim = await runner.open({ client: parties.client.options, server: parties.server.options });
    const theft = await runner.open({ client: thief.options, server: parties.server.options });
    await victim.connect();
    await theft.connect();
    let own: Wire;
    theft.attacker.once('toServer', isCall('echo'), (message) => {
      own = clone(message);
      return [];
    });
    rejectionOf(echo(theft, 'mine')).catch(() => undefined);
    await until(() => own !== undefined, 'call of the thief');
    victim.attacker.once('toServer', isMethod('ping'), (message) => [own, message]);
    await victim.client.ping().catch(() => undefined);
    await until(() => victim.serverErrors.length > 0, 'refusal');
    // Without sessions the call is the thief's own, and its server has never been shown that passport.
    expect(reasonsIn(victim.serverErrors)).toEqual([runner.stateless ? 'unknown_passport' : 'signer_changed']);
    expect(victim.calls.names).toEqual([]);
    await victim.close();
    await theft.close();
  });
});

describe('an attacker between two sessions of one client', () => {
  it('moves a call from one session to the other', async () => {
    const parties = await makeParties();
    const securing = { client: parties.client.options, server: parties.server.options };
    const [a, b] = [await inMemory.open(securing), await inMemory.open(securing)];
    await a.connect();
    await b.connect();
    const captured = await captureCall(a);
    await b.inject!('toServer', captured);
    await until(() => b.serverErrors.length > 0, 'refusal');
    expect(reasonsIn(b.serverErrors)).toEqual(['session_mismatch']);
    expect(b.calls.names).toEqual([]);
    await a.close();
    await b.close();
  });

  it('replays a whole recorded session at the server', async () => {
    const parties = await makeParties();
    const securing = { client: parties.client.options, server: parties.server.options };
    const recorded = await inMemory.open(securing);
    await recorded.connect();
    await echo(recorded, 'once');
    await recorded.close();
    const replayed = await inMemory.open(securing);
    for (const message of recorded.attacker.fromClient) await replayed.inject!('toServer', message);
    await until(() => replayed.serverErrors.length >= 1, 'refusal');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reasonsIn(replayed.serverErrors)[0]).toBe('nonce_repeated');
    expect(replayed.calls.names).toEqual([]);
    await replayed.close();
  });
});

describe('an attacker between two stateless clients', () => {
  it('swaps the answers of two calls with equal ids', async () => {
    const parties = await makeParties();
    const securing = { client: parties.client.options, server: parties.server.options };
    const a = await statelessHttp.open(securing);
    const b = await statelessHttp.open({ client: parties.client.options, server: parties.server.options });
    await a.connect();
    await b.connect();
    const isEcho = (message: Wire) => message.result?.content !== undefined;
    let fromA: (message: Wire) => void = () => undefined;
    let fromB: (message: Wire) => void = () => undefined;
    const answerOfA = new Promise<Wire>((resolve) => (fromA = resolve));
    const answerOfB = new Promise<Wire>((resolve) => (fromB = resolve));
    a.attacker.toClient = async (message) => {
      if (!isEcho(message)) return [message];
      fromA(message);
      return [await answerOfB];
    };
    b.attacker.toClient = async (message) => {
      if (!isEcho(message)) return [message];
      fromB(message);
      return [await answerOfA];
    };
    const [one, two] = await Promise.allSettled([echo(a, 'for a'), echo(b, 'for b')]);
    for (const outcome of [one, two]) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: -33012, data: { code: 'MCPS-012', reason: 'reply_mismatch', outcome: 'unknown' } },
      });
    }
    expect([...a.calls.names, ...b.calls.names]).toEqual(['echo', 'echo']);
    await a.close();
    await b.close();
  });

  it('replays a call to a fresh transport of the same server', async () => {
    const parties = await makeParties();
    const session = await statelessHttp.open({ client: parties.client.options, server: parties.server.options });
    await session.connect();
    const captured = await captureCall(session);
    session.attacker.once('toServer', isMethod('ping'), (message) => [captured, message]);
    await session.client.ping();
    await until(() => session.serverErrors.length > 0, 'refusal');
    expect(reasonsIn(session.serverErrors)).toEqual(['nonce_repeated']);
    expect(session.calls.names).toEqual(['echo']);
    expect(textOf(await echo(session, 'go on'))).toBe('go on');
    await session.close();
  });
});
