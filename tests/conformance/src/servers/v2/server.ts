import {
  McpServer,
  ResourceTemplate,
  completable,
  createRequestStateCodec,
  fromJsonSchema,
} from '@modelcontextprotocol/server';
import type { CallToolResult, ServerContext, ServerNotifier } from '@modelcontextprotocol/server';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { completionsOf, prompts, resources, template, templateText } from '../content.js';
import type { FixturePrompt } from '../content.js';
import { tools } from '../tools.js';
import { addInputRequired } from './input-required.js';
import { addStatelessTools } from './stateless-tools.js';
import { toolCall } from './tool-call.js';

/** One key for every server of the process: each request of revision 2026-07-28 meets a new server. */
const requestState = createRequestStateCodec<string>({ key: randomBytes(32) });

/**
 * The fixture on SDK 2.x.
 *
 * @param notify given where revision 2026-07-28 is served: how those that listen hear of changes
 */
export function fixtureServer2x(notify?: ServerNotifier): McpServer {
  const server = new McpServer(
    { name: 'conformance-fixture-2x', version: '1.0.0' },
    {
      capabilities: {
        completions: {},
        logging: {},
        prompts: { listChanged: notify !== undefined },
        resources: { subscribe: true },
        tools: { listChanged: notify !== undefined },
      },
      requestState: { verify: (state, context) => requestState.verify(state, context) },
    },
  );
  addTools(server);
  addResources(server);
  for (const prompt of prompts) addPrompt(server, prompt);
  if (notify === undefined) {
    addSubscriptions(server);
  } else {
    addStatelessTools(server, notify);
    addInputRequired(server, requestState);
  }
  return server;
}

function addTools(server: McpServer): void {
  for (const tool of tools) {
    const { name, description } = tool;
    const inputSchema = fromJsonSchema<Record<string, unknown>>(tool.inputSchema);
    const run = async (values: Record<string, unknown>, context: ServerContext): Promise<CallToolResult> => ({
      content: await tool.run(values, toolCall(context)),
    });
    server.registerTool(name, { description, inputSchema }, run);
  }
}

function addResources(server: McpServer): void {
  for (const { uri, name, description, mimeType, content } of resources) {
    server.registerResource(name, uri, { description, mimeType }, async () => ({
      contents: [{ uri, mimeType, ...content }],
    }));
  }
  const { uriTemplate, name, description, mimeType } = template;
  const anyId = new ResourceTemplate(uriTemplate, { list: undefined });
  server.registerResource(name, anyId, { description, mimeType }, async ({ href }, { id }) => ({
    contents: [{ uri: href, mimeType, text: templateText(String(id)) }],
  }));
}

function addPrompt(server: McpServer, prompt: FixturePrompt): void {
  const { name, description, argumentNames } = prompt;
  const messagesOf = (values: Record<string, string>) => ({
    messages: prompt.contents(values).map((content) => ({ role: 'user' as const, content })),
  });
  if (argumentNames.length === 0) {
    server.registerPrompt(name, { description }, async () => messagesOf({}));
    return;
  }
  const argument = () => completable(z.string(), completionsOf);
  const argsSchema = z.object(Object.fromEntries(argumentNames.map((argumentName) => [argumentName, argument()])));
  server.registerPrompt(name, { description, argsSchema }, async (values) => messagesOf(values));
}

/** Revisions with a handshake subscribe by request; the high-level class leaves that to its host. */
function addSubscriptions({ server }: McpServer): void {
  const watched = new Set<string>();
  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    watched.add(uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
    watched.delete(uri);
    return {};
  });
}
