import { describe, expect, it } from 'vitest';
import { KnownRevocations } from '../../src/index.js';
import type { PeerRole } from '../../src/index.js';
import { Pair, TestAuthority, TestClock, call, reasons } from './harness.js';

async function world(mode: 'enforce' | 'observe' = 'enforce') {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  const [clientIdentity, serverIdentity] = [await authority.issue('agent'), await authority.issue('server')];
  const known = {
    client: new KnownRevocations({ clock: clock.read }),
    server: new KnownRevocations({ clock: clock.read }),
  };
  const pair = await Pair.create({
    authority,
    clientIdentity,
    serverIdentity,
    client: { revocations: known.client, mode },
    server: { revocations: known.server, mode },
  });
  await pair.initialize();
  const passports = { client: clientIdentity.passport.passport_id, server: serverIdentity.passport.passport_id };
  /** One side hears that a passport has been revoked. */
  const hear = (at: PeerRole, passportId: string, anchor = authority.issuer) => {
    const revocation = { anchor, passportId, untilMs: clock.now + 3_600_000 };
    known[at].add(anchor, passportId, revocation.untilMs);
    return pair.side(at).connection.revoked(revocation);
  };
  return { pair, passports, hear };
}

const sentBy = (pair: Pair, from: PeerRole) => pair.traffic.filter((item) => item.from === from).length;

describe('a peer that is revoked while it is connected', () => {
  it('is sent nothing any more but refusals, not even the answer to what it asked before', async () => {
    const { pair, passports, hear } = await world();
    await pair.send('client', call(7));
    expect(hear('server', passports.client)).toMatchObject([{ type: 'report', error: { reason: 'passport_revoked' } }]);
    const before = sentBy(pair, 'server');
    await pair.send('server', { jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    expect(sentBy(pair, 'server')).toBe(before);
    expect(pair.server.failures).toMatchObject([{ code: 'MCPS-003', reason: 'passport_revoked' }]);
    await pair.send('server', { jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: 'secret' }] } });
    const answer = pair.client.delivered.at(-1)?.message;
    expect(answer).toMatchObject({ id: 7, error: { code: -33003, data: { reason: 'passport_revoked' } } });
    expect(JSON.stringify(pair.traffic)).not.toContain('secret');
  });

  it('is refused when it calls again', async () => {
    const { pair, passports, hear } = await world();
    hear('server', passports.client);
    const handled = pair.server.delivered.length;
    await pair.send('client', call(8));
    expect(pair.server.delivered).toHaveLength(handled);
    expect(reasons(pair.server)).toEqual(['passport_revoked']);
    expect(pair.client.delivered.at(-1)?.message).toMatchObject({ id: 8, error: { code: -33003 } });
  });

  it('leaves nobody waiting for its answers: their outcome is unknown', async () => {
    const { pair, passports, hear } = await world();
    await pair.send('client', call(9));
    await pair.send('client', call(10));
    const actions = hear('client', passports.server);
    expect(actions.map(({ type }) => type)).toEqual(['report', 'deliver', 'deliver']);
    expect(actions.slice(1)).toMatchObject(
      [9, 10].map((id) => ({ message: { id, error: { code: -33003, data: { outcome: 'unknown' } } } })),
    );
    await pair.send('client', call(11));
    expect(pair.client.failures).toMatchObject([{ code: 'MCPS-003' }]);
  });

  it('is told in the audit log, once, with who it was', async () => {
    const { pair, passports, hear } = await world();
    hear('server', passports.client);
    const events = pair.server.audit.filter(({ type }) => type === 'peer.cut-off');
    expect(events).toMatchObject([
      { code: 'MCPS-003', reason: 'passport_revoked', peer: { passportId: passports.client } },
    ]);
  });

  it('is somebody else where the id or the authority is another', async () => {
    const { pair, passports, hear } = await world();
    expect(hear('server', passports.server)).toEqual([]);
    expect(hear('server', passports.client, 'other.example')).toEqual([]);
    await pair.send('client', call(12));
    expect(reasons(pair.server)).toEqual([]);
  });

  it('goes on in observe mode, and is reported', async () => {
    const { pair, passports, hear } = await world('observe');
    expect(hear('server', passports.client)).toMatchObject([{ type: 'report', error: { reason: 'passport_revoked' } }]);
    await pair.send('client', call(13));
    await pair.send('server', { jsonrpc: '2.0', id: 13, result: { content: [] } });
    expect(pair.client.delivered.at(-1)?.message).toMatchObject({ id: 13, result: { content: [] } });
    expect(pair.server.audit.map(({ type }) => type)).toContain('peer.reported');
  });
});
