import { ProtocolError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { securedTransportOf } from '../../src/index.js';
import { textOf, until } from '../harness/expectations.js';
import { isSigned } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { inMemory, nodeHttp, secureBoth, throughServeStdio, webHttp } from './harness/session.js';
import type { Session } from './harness/session.js';

const versions = { '2025-06-18': ['2025-06-18'], '2025-11-25': ['2025-11-25', '2025-06-18'] };
const cases = [inMemory, throughServeStdio, nodeHttp, webHttp].flatMap((runner) =>
  Object.entries(versions).map(([revision, supportedProtocolVersions]) => ({
    name: `${runner.name}, ${revision}`,
    runner,
    revision,
    supportedProtocolVersions,
  })),
);

describe.each(cases)('everything that SDK 2.x does, secured: $name', (testCase) => {
  const { runner, revision, supportedProtocolVersions } = testCase;
  let parties: Parties;
  let session: Session;

  beforeAll(async () => {
    parties = await makeParties();
    session = await runner.open(secureBoth(parties), { supportedProtocolVersions });
    await session.connect();
  });

  afterAll(async () => {
    await session.close();
  });

  const call = (name: string, args: Record<string, unknown> = {}) => session.client.callTool({ name, arguments: args });

  it('agrees on the revision, and on who is at the other end', () => {
    expect(session.client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(securedTransportOf(session.client)?.peer).toMatchObject({
      passportId: parties.server.identity.passport.passport_id,
      agent: { name: 'test-server' },
    });
  });

  it('lists and calls tools', async () => {
    const { tools, _meta } = await session.client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('echo');
    expect(_meta).toBeUndefined();
    expect(await call('echo', { text: 'hé\u{1F600}llo' })).toEqual({
      content: [{ type: 'text', text: 'hé\u{1F600}llo' }],
    });
    expect(Object.keys(session.calls.contexts.at(-1)?.mcpReq._meta ?? {})).toEqual([]);
  });

  it('tells tools who is calling', async () => {
    const { caller } = JSON.parse(textOf(await call('whoami')));
    const { passport } = parties.client.identity;
    expect(caller).toMatchObject({ passportId: passport.passport_id, level: 1, agent: { name: 'test-client' } });
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

  it('carries elicitation and sampling from server to client', async () => {
    expect(textOf(await call('elicit'))).toBe('accept: {"name":"Ada"}');
    expect(textOf(await call('sample'))).toBe('{"type":"text","text":"Hello!"}');
  });

  it('passes errors on, with and without data', async () => {
    const withData = await session.client.readResource({ uri: 'fault://data' }).catch((error: unknown) => error);
    expect(withData).toBeInstanceOf(ProtocolError);
    expect(withData).toMatchObject({ code: -32_050, data: { part: 'valve', code: 7 } });
    const plain = await session.client.readResource({ uri: 'fault://plain' }).catch((error: unknown) => error);
    expect(plain).toMatchObject({ code: -32_051 });
    expect((plain as ProtocolError).data).toBeUndefined();
  });

  it('cancels a running call with a signed notification', async () => {
    const controller = new AbortController();
    const waiting = session.client.callTool({ name: 'wait' }, { signal: controller.signal });
    const ended = waiting.catch((error: unknown) => error);
    await until(() => session.calls.names.includes('wait'), 'the call');
    controller.abort('enough');
    expect(String(await ended)).toContain('enough');
    await until(() => session.calls.cancelled.length > 0, 'the cancellation');
    expect(session.attacker.fromClient.map((message) => message.method)).toContain('notifications/cancelled');
  });

  it('has signed every message in both directions, and reported no error', () => {
    expect(session.attacker.fromClient.length).toBeGreaterThan(25);
    expect(session.attacker.fromClient.filter((message) => !isSigned(message))).toEqual([]);
    expect(session.attacker.fromServer.length).toBeGreaterThan(25);
    expect(session.attacker.fromServer.filter((message) => !isSigned(message))).toEqual([]);
    expect(session.clientErrors).toEqual([]);
    expect(session.serverErrors).toEqual([]);
  });
});
