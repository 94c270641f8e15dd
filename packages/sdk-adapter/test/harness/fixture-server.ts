import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { InMemoryTaskMessageQueue, InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** What the handlers of a fixture server saw: a refused call leaves no trace here. */
export interface Calls {
  readonly names: string[];
  readonly extras: Extra[];
  readonly cancelled: string[];
}

export const newCalls = (): Calls => ({ names: [], extras: [], cancelled: [] });

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server with one tool for everything that MCP does over a connection. */
export function createFixtureServer(calls: Calls): McpServer {
  const server = new McpServer(
    { name: 'fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        logging: {},
        tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
      },
      taskStore: new InMemoryTaskStore(),
      taskMessageQueue: new InMemoryTaskMessageQueue(),
    },
  );
  const note = (name: string, extra: Extra): void => {
    calls.names.push(name);
    calls.extras.push(extra);
  };

  server.registerTool(
    'echo',
    { description: 'Says what it is told', inputSchema: { text: z.string() }, annotations: { readOnlyHint: true } },
    (args, extra) => {
      note('echo', extra);
      return text(args.text);
    },
  );
  server.registerTool(
    'slow',
    { description: 'Takes its time', inputSchema: { ms: z.number() } },
    async (args, extra) => {
      note('slow', extra);
      await pause(args.ms);
      return text('done');
    },
  );
  server.registerTool('huge', { description: 'Answers with numbers beyond 2^53', inputSchema: {} }, (_args, extra) => {
    note('huge', extra);
    return { ...text('done'), _meta: { decimal: 1e300, integer: -1e20 } };
  });
  server.registerTool(
    'halved',
    { description: 'Answers with half of a character', inputSchema: {} },
    (_args, extra) => {
      note('halved', extra);
      return text('\ud83d');
    },
  );
  server.registerTool('wait', { description: 'Waits to be cancelled', inputSchema: {} }, async (_args, extra) => {
    note('wait', extra);
    await new Promise<void>((resolve) => extra.signal.addEventListener('abort', () => resolve(), { once: true }));
    calls.cancelled.push('wait');
    return text('cancelled');
  });
  server.registerTool(
    'progress',
    { description: 'Reports progress', inputSchema: { steps: z.number() } },
    async (args, extra) => {
      note('progress', extra);
      const progressToken = extra._meta?.progressToken;
      for (let step = 1; step <= args.steps && progressToken !== undefined; step += 1) {
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress: step, total: args.steps },
        });
      }
      return text(`${args.steps} steps`);
    },
  );
  server.registerTool('elicit', { description: 'Asks the user', inputSchema: {} }, async (_args, extra) => {
    note('elicit', extra);
    const answer = await server.server.elicitInput(
      { message: 'Your name?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
      { relatedRequestId: extra.requestId },
    );
    return text(`${answer.action}: ${JSON.stringify(answer.content)}`);
  });
  server.registerTool('sample', { description: 'Asks the model', inputSchema: {} }, async (_args, extra) => {
    note('sample', extra);
    const answer = await server.server.createMessage(
      { messages: [{ role: 'user', content: { type: 'text', text: 'Hello?' } }], maxTokens: 10 },
      { relatedRequestId: extra.requestId },
    );
    return text(JSON.stringify(answer.content));
  });
  server.registerTool('whoami', { description: 'Says who is calling', inputSchema: {} }, (_args, extra) => {
    note('whoami', extra);
    return text(JSON.stringify(extra.authInfo ?? null));
  });
  server.experimental.tasks.registerToolTask(
    'task',
    { description: 'Works as a task', inputSchema: {}, execution: { taskSupport: 'required' } },
    {
      createTask: async (_args, extra) => {
        calls.names.push('task');
        const task = await extra.taskStore.createTask({ ttl: 60_000, pollInterval: 20 });
        setTimeout(() => void extra.taskStore.storeTaskResult(task.taskId, 'completed', text('task done')), 30);
        return { task };
      },
      getTask: async (_args, extra) => extra.taskStore.getTask(extra.taskId),
      getTaskResult: async (_args, extra) => (await extra.taskStore.getTaskResult(extra.taskId)) as never,
    },
  );
  server.registerResource('faulty', 'fault://data', {}, () => {
    calls.names.push('faulty');
    throw new McpError(-32050, 'it broke', { part: 'valve', code: 7 });
  });
  server.registerResource('plain-fault', 'fault://plain', {}, () => {
    calls.names.push('plain-fault');
    throw new McpError(-32051, 'it broke without data');
  });
  return server;
}
