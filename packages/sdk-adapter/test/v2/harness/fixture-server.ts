import { McpServer, ProtocolError, acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import type { ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { callerIdentity } from '../../../src/index.js';

/** What the handlers of a fixture server saw: a refused call leaves no trace here. */
export interface Calls {
  readonly names: string[];
  readonly contexts: ServerContext[];
  readonly cancelled: string[];
}

export const newCalls = (): Calls => ({ names: [], contexts: [], cancelled: [] });

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** A server of SDK 2.x with one tool for everything that MCP does over a connection. */
export function createFixtureServer(calls: Calls): McpServer {
  const server = new McpServer(
    { name: 'fixture', version: '1.0.0' },
    {
      capabilities: { tools: { listChanged: true }, logging: {} },
      cacheHints: { 'tools/list': { ttlMs: 60_000, cacheScope: 'private' } },
    },
  );
  const note = (name: string, context: ServerContext): void => {
    calls.names.push(name);
    calls.contexts.push(context);
  };

  server.registerTool(
    'echo',
    { description: 'Says what it is told', inputSchema: z.object({ text: z.string() }) },
    (args, context) => {
      note('echo', context);
      return text(args.text);
    },
  );
  server.registerTool('wait', { description: 'Waits to be cancelled' }, async (context) => {
    note('wait', context);
    const { signal } = context.mcpReq;
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    calls.cancelled.push('wait');
    return text('cancelled');
  });
  server.registerTool(
    'progress',
    { description: 'Reports progress', inputSchema: z.object({ steps: z.number() }) },
    async (args, context) => {
      note('progress', context);
      const progressToken = context.mcpReq._meta?.progressToken;
      for (let step = 1; step <= args.steps && progressToken !== undefined; step += 1) {
        await context.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: step, total: args.steps },
        });
      }
      return text(`${args.steps} steps`);
    },
  );
  server.registerTool('elicit', { description: 'Asks the user' }, async (context) => {
    note('elicit', context);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the revisions of 2025 have, and in use
    const answer = await context.mcpReq.elicitInput({
      mode: 'form',
      message: 'Your name?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
    });
    return text(`${answer.action}: ${JSON.stringify(answer.content)}`);
  });
  server.registerTool('sample', { description: 'Asks the model' }, async (context) => {
    note('sample', context);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
    const answer = await context.mcpReq.requestSampling({
      messages: [{ role: 'user', content: { type: 'text', text: 'Hello?' } }],
      maxTokens: 10,
    });
    return text(JSON.stringify(answer.content));
  });
  server.registerTool('ask', { description: 'Asks the user, without a session' }, (context) => {
    note('ask', context);
    const answer = acceptedContent(context.mcpReq.inputResponses, 'name', z.object({ name: z.string() }));
    if (answer !== undefined) return text(answer.name);
    const name = inputRequired.elicit({
      message: 'Your name?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
    });
    return inputRequired({ inputRequests: { name } });
  });
  server.registerTool('whoami', { description: 'Says who is calling' }, (context) => {
    note('whoami', context);
    return text(JSON.stringify({ caller: callerIdentity(context) ?? null, authInfo: context.http?.authInfo ?? null }));
  });
  server.registerTool('change', { description: 'Changes the list of tools' }, (context) => {
    note('change', context);
    server.sendToolListChanged();
    return text('changed');
  });
  server.registerResource('faulty', 'fault://data', {}, () => {
    calls.names.push('faulty');
    throw new ProtocolError(-32_050, 'it broke', { part: 'valve', code: 7 });
  });
  server.registerResource('plain-fault', 'fault://plain', {}, () => {
    calls.names.push('plain-fault');
    throw new ProtocolError(-32_051, 'it broke without data');
  });
  return server;
}
