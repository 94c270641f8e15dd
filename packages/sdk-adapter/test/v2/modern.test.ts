import { ProtocolError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { securedTransportOf } from '../../src/index.js';
import { isMethod, rejectionOf, textOf, until } from '../harness/expectations.js';
import { isSigned, stripped } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { inMemory, nodeHttp, secureBoth, throughServeStdio, webHttp } from './harness/session.js';
import type { Runner, Session } from './harness/session.js';

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const AUTO = { versionNegotiation: { mode: 'auto' } } as const;

async function withSession(
  runner: Runner,
  options: typeof PIN | typeof AUTO | undefined,
  use: (session: Session, parties: Parties) => Promise<void>,
): Promise<void> {
  const parties = await makeParties();
  const session = await runner.open(secureBoth(parties), options);
  try {
    await use(session, parties);
  } finally {
    await session.close();
  }
}

describe.each([
  { name: 'pinned', options: PIN },
  { name: 'found by asking', options: AUTO },
])('revision 2026-07-28, secured, $name', ({ options }) => {
  let parties: Parties;
  let session: Session;

  beforeAll(async () => {
    parties = await makeParties();
    session = await throughServeStdio.open(secureBoth(parties), options);
    await session.connect();
  });

  afterAll(async () => {
    await session.close();
  });

  const call = (name: string, args: Record<string, unknown> = {}) => session.client.callTool({ name, arguments: args });

  it('begins with a signed question, whose answer tells who the server is', () => {
    expect(session.client.getProtocolEra()).toBe('modern');
    expect(session.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(session.attacker.fromClient.map((message) => message.method)).toEqual(['server/discover']);
    expect(securedTransportOf(session.client)?.peer).toMatchObject({
      passportId: parties.server.identity.passport.passport_id,
    });
  });

  it('lists and calls tools', async () => {
    const { tools } = await session.client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('echo');
    expect(textOf(await call('echo', { text: 'hé\u{1F600}llo' }))).toBe('hé\u{1F600}llo');
    const { envelope, _meta } = session.calls.contexts.at(-1)!.mcpReq;
    expect(envelope).toMatchObject({ 'io.modelcontextprotocol/protocolVersion': '2026-07-28' });
    expect(JSON.stringify([envelope, _meta])).not.toContain('dev.mcps');
  });

  it('tells tools who is calling, although nothing but the message reaches them', async () => {
    const { caller, authInfo } = JSON.parse(textOf(await call('whoami')));
    expect(caller).toMatchObject({ passportId: parties.client.identity.passport.passport_id, level: 1 });
    expect(authInfo).toBeNull();
  });

  it('runs 20 calls at once, each with its own answer', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    const answers = await Promise.all(texts.map((text) => call('echo', { text })));
    expect(answers.map(textOf)).toEqual(texts);
  });

  it('delivers progress in order and before the result', async () => {
    const seen: number[] = [];
    const result = await session.client.callTool(
      { name: 'progress', arguments: { steps: 10 } },
      { onprogress: ({ progress }) => void seen.push(progress) },
    );
    expect(textOf(result)).toBe('10 steps');
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('asks the user in a result, and signs the second try anew', async () => {
    const before = session.attacker.fromClient.length;
    expect(textOf(await call('ask'))).toBe('Ada');
    expect(session.attacker.fromClient.slice(before).map((message) => message.method)).toEqual([
      'tools/call',
      'tools/call',
    ]);
  });

  it('passes errors on', async () => {
    const error = await session.client.readResource({ uri: 'fault://data' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: -32_050, data: { part: 'valve', code: 7 } });
  });

  it('cancels a running call', async () => {
    const controller = new AbortController();
    const ended = session.client.callTool({ name: 'wait' }, { signal: controller.signal }).catch(String);
    await until(() => session.calls.names.includes('wait'), 'the call');
    controller.abort('enough');
    expect(await ended).toContain('enough');
    await until(() => session.calls.cancelled.length > 0, 'the cancellation');
  });

  it('listens for changes', async () => {
    let changes = 0;
    session.client.setNotificationHandler('notifications/tools/list_changed', () => void (changes += 1));
    const subscription = await session.client.listen({ toolsListChanged: true });
    await call('change');
    await until(() => changes === 1, 'the change');
    await subscription.close();
  });

  it('has signed every message in both directions, and reported no error', () => {
    expect(session.attacker.fromClient.filter((message) => !isSigned(message))).toEqual([]);
    expect(session.attacker.fromServer.filter((message) => !isSigned(message))).toEqual([]);
    expect(session.clientErrors).toEqual([]);
    expect(session.serverErrors).toEqual([]);
  });
});

describe("a client's question for the revision", () => {
  it.each([inMemory, nodeHttp, webHttp])('falls back to a handshake, secured: $name', async (runner) => {
    await withSession(runner, AUTO, async (session, parties) => {
      await session.connect();
      expect(session.client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
      const methods = session.attacker.fromClient.map((message) => message.method);
      expect(methods.slice(0, 2)).toEqual(['server/discover', 'initialize']);
      expect(session.attacker.fromClient.filter((message) => !isSigned(message))).toEqual([]);
      const { caller } = JSON.parse(textOf(await session.client.callTool({ name: 'whoami' })));
      expect(caller).toMatchObject({ passportId: parties.client.identity.passport.passport_id });
      expect(session.clientErrors).toEqual([]);
    });
  });

  it('is not asked by default', async () => {
    await withSession(throughServeStdio, undefined, async (session) => {
      await session.connect();
      expect(session.client.getProtocolEra()).toBe('legacy');
      expect(session.attacker.fromClient[0].method).toBe('initialize');
    });
  });

  it.each([
    { name: 'pinned', options: PIN },
    { name: 'with a fallback', options: AUTO },
  ])('never leads to an unsecured connection where the answer is stripped, $name', async ({ options }) => {
    await withSession(throughServeStdio, options, async (session) => {
      session.attacker.toClient = (message) => [stripped(message)];
      await rejectionOf(session.connect());
      expect(session.calls.names).toEqual([]);
      expect(session.client.transport).toBeUndefined();
    });
  });

  it('that somebody changed on its way is refused, and answered', async () => {
    await withSession(throughServeStdio, PIN, async (session) => {
      session.attacker.once('toServer', isMethod('server/discover'), (message) => {
        message.params._meta['io.modelcontextprotocol/clientInfo'].name = 'somebody else';
        return [message];
      });
      await rejectionOf(session.connect());
      expect(session.attacker.fromServer[0].error.code).toBeLessThan(-33_000);
    });
  });
});
