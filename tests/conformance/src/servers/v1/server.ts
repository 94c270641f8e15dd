import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { completionsOf, prompts, resources, template, templateText } from '../content.js';
import { tools } from '../tools.js';
import type { ToolCall } from '../tools.js';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * The fixture on SDK 1.x. It stands on the lower-level class because the other one takes schemas in zod only, and JSON Schema 2020-12 does not survive
 * the way through it.
 */
export function fixtureServer1x(): Server {
  const capabilities = {
    completions: {},
    logging: {},
    prompts: {},
    resources: { subscribe: true },
    tools: {},
  };
  const server = new Server({ name: 'conformance-fixture-1x', version: '1.0.0' }, { capabilities });
  addTools(server);
  addResources(server);
  addPrompts(server);
  return server;
}

function addTools(server: Server): void {
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra): Promise<CallToolResult> => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    try {
      return { content: await tool.run(params.arguments ?? {}, toolCall(extra)) };
    } catch (error) {
      return {
        isError: true,
        content: [{ type: 'text', text: error instanceof Error ? error.message : String(error) }],
      };
    }
  });
}

function toolCall(extra: Extra): ToolCall {
  return {
    log: (data) => extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } }),
    progress: async (progress, total) => {
      const progressToken = extra._meta?.progressToken;
      if (progressToken === undefined) return;
      await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } });
    },
    sample: async (prompt) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      const request = { method: 'sampling/createMessage' as const, params: { messages, maxTokens: 100 } };
      const { content } = await extra.sendRequest(request, CreateMessageResultSchema);
      return content.type === 'text' ? content.text : content.type;
    },
    elicit: (message, requestedSchema) =>
      extra.sendRequest({ method: 'elicitation/create', params: { message, requestedSchema } }, ElicitResultSchema),
    closeStream: () => extra.closeSSEStream?.(),
  };
}

function addResources(server: Server): void {
  const watched = new Set<string>();
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: resources.map(({ uri, name, description, mimeType }) => ({ uri, name, description, mimeType })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [template] }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
    if (id !== undefined) return { contents: [{ uri, mimeType: template.mimeType, text: templateText(id) }] };
    const resource = resources.find((candidate) => candidate.uri === uri);
    if (resource === undefined) throw new McpError(-32002, 'Resource not found', { uri });
    return { contents: [{ uri, mimeType: resource.mimeType, ...resource.content }] };
  });
  server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) => {
    watched.add(uri);
    return {};
  });
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params: { uri } }) => {
    watched.delete(uri);
    return {};
  });
}

function addPrompts(server: Server): void {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: prompts.map(({ name, description, argumentNames }) => ({
      name,
      description,
      arguments: argumentNames.map((argument) => ({ name: argument, required: true })),
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => {
    const prompt = prompts.find(({ name }) => name === params.name);
    if (prompt === undefined) throw new McpError(ErrorCode.InvalidParams, `Unknown prompt: ${params.name}`);
    return {
      messages: prompt.contents(params.arguments ?? {}).map((content) => ({ role: 'user' as const, content })),
    };
  });
  server.setRequestHandler(CompleteRequestSchema, ({ params }) => ({
    completion: { values: completionsOf(params.argument.value), hasMore: false },
  }));
}
