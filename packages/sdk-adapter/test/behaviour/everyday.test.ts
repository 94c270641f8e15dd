import { CallToolResultSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf, until } from '../harness/expectations.js';
import { isSigned } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { runners, secured } from '../harness/session.js';
import type { Session } from '../harness/session.js';

describe.each(runners)('everything that MCP does, secured: $name', (runner) => {
  let parties: Parties;
  let session: Session;

  beforeAll(async () => {
    parties = await makeParties();
    session = await runner.open({ client: parties.client.options, server: parties.server.options });
    await session.connect();
  });

  afterAll(async () => {
    await session.close();
  });

  const call = (name: string, args: Record<string, unknown> = {}) => session.client.callTool({ name, arguments: args });

  it('lists and calls tools', async () => {
    const { tools } = await session.client.listTools();
    expect(tools.map((tool) => tool.name)).toContain('echo');
    expect(textOf(await call('echo', { text: 'hé\u{1F600}llo' }))).toBe('hé\u{1F600}llo');
  });

  it('leaves nothing of the security in what either application sees', async () => {
    const { tools, _meta } = await session.client.listTools();
    expect(_meta).toBeUndefined();
    const echo = tools.find((tool) => tool.name === 'echo');
    expect(echo).toMatchObject({ description: 'Says what it is told', annotations: { readOnlyHint: true } });
    const result = await call('echo', { text: 'x' });
    expect(Object.keys(result)).toEqual(['content']);
    const seen = session.calls.extras.at(-1)!;
    expect(Object.keys(seen._meta ?? {})).toEqual([]);
  });

  it('signs every message in both directions', () => {
    expect(session.attacker.fromClient.length).toBeGreaterThan(3);
    expect(session.attacker.fromClient.filter((message) => !isSigned(message))).toEqual([]);
    expect(session.attacker.fromServer.length).toBeGreaterThan(3);
    expect(session.attacker.fromServer.filter((message) => !isSigned(message))).toEqual([]);
  });

  it('tells the client who the server is, and tools who is calling', async () => {
    const { passport } = parties.server.identity;
    expect(secured(session.client).peer).toMatchObject({
      passportId: passport.passport_id,
      agent: { name: 'test-server' },
      level: 1,
      standing: 'anchored',
      issuer: 'authority.example',
      authenticated: true,
    });
    const authInfo = JSON.parse(textOf(await call('whoami')));
    const id = parties.client.identity.passport.passport_id;
    expect(authInfo).toMatchObject({
      clientId: id,
      token: '',
      scopes: [],
      extra: { mcps: { passportId: id, level: 1, agent: { name: 'test-client' } } },
    });
  });

  it('runs 20 calls at once, each with its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => call('echo', { text: `number ${index}` })),
    );
    expect(answers.map(textOf)).toEqual(Array.from({ length: 20 }, (_, index) => `number ${index}`));
  });

  it('does not hold other calls up behind a slow one', async () => {
    let slowDone = false;
    const slow = call('slow', { ms: 3_000 }).then(() => (slowDone = true));
    const started = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => call('echo', { text: 'quick' })));
    expect(slowDone).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_500);
    await slow;
  });

  it('delivers progress in order and before the result', async () => {
    const seen: number[] = [];
    const result = await session.client.callTool({ name: 'progress', arguments: { steps: 10 } }, undefined, {
      onprogress: ({ progress }) => void seen.push(progress),
    });
    expect(textOf(result)).toBe('10 steps');
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(session.clientErrors).toEqual([]);
  });

  it('passes errors on, with and without data', async () => {
    const withData = await session.client.readResource({ uri: 'fault://data' }).catch((error: unknown) => error);
    expect(withData).toBeInstanceOf(McpError);
    expect(withData).toMatchObject({ code: -32050, data: { part: 'valve', code: 7 } });
    const plain = await session.client.readResource({ uri: 'fault://plain' }).catch((error: unknown) => error);
    expect(plain).toMatchObject({ code: -32051 });
    expect((plain as McpError).data).toBeUndefined();
    await expect(session.client.request({ method: 'no/such' }, CallToolResultSchema)).rejects.toMatchObject({
      code: -32601,
    });
  });

  if (!runner.stateless) {
    // What needs more than one message on a connection: a stateless server closes it after its answer.
    it('carries elicitation and sampling from server to client', async () => {
      expect(textOf(await call('elicit'))).toBe('accept: {"name":"Ada"}');
      expect(textOf(await call('sample'))).toBe('{"type":"text","text":"Hello!"}');
    });

    it('cancels a running call', async () => {
      const controller = new AbortController();
      const waiting = session.client.callTool({ name: 'wait', arguments: {} }, undefined, {
        signal: controller.signal,
      });
      await until(() => session.calls.names.includes('wait'), 'the call');
      controller.abort('enough');
      await expect(waiting).rejects.toThrow('enough');
      await until(() => session.calls.cancelled.length > 0, 'the cancellation');
      expect(session.calls.cancelled).toEqual(['wait']);
    });

    it('runs a task to its result', async () => {
      await session.client.listTools();
      const kinds: string[] = [];
      let result: unknown;
      for await (const step of session.client.experimental.tasks.callToolStream({ name: 'task', arguments: {} })) {
        kinds.push(step.type);
        if (step.type === 'result') result = step.result;
      }
      expect(kinds[0]).toBe('taskCreated');
      expect(textOf(result)).toBe('task done');
    });
  }

  it('has reported no error on either side', () => {
    expect(session.clientErrors).toEqual([]);
    expect(session.serverErrors).toEqual([]);
  });
});
