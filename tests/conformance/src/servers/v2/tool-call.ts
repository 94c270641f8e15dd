import type { ServerContext } from '@modelcontextprotocol/server';
import type { ToolCall } from '../tools.js';

/** What the SDK gives a tool's handler, in the words of the fixture. */
export function toolCall({ mcpReq, http }: ServerContext): ToolCall {
  return {
    // Deprecated as of 2026-07-28, and the one thing that knows which levels the caller asked for.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    log: (data) => mcpReq.log('info', data),
    progress: async (progress, total) => {
      const progressToken = mcpReq._meta?.progressToken;
      if (progressToken === undefined) return;
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } });
    },
    sample: async (prompt) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      const request = { method: 'sampling/createMessage' as const, params: { messages, maxTokens: 100 } };
      const { content } = await mcpReq.send(request);
      const first = [content].flat()[0];
      return first?.type === 'text' ? first.text : String(first?.type);
    },
    elicit: (message, requestedSchema) =>
      mcpReq.send({ method: 'elicitation/create', params: { message, requestedSchema } }),
    closeStream: () => http?.closeSSE?.(),
  };
}
