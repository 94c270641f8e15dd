import { inputRequired } from '@modelcontextprotocol/server';
import type { McpServer, ServerNotifier } from '@modelcontextprotocol/server';
import { toolCall } from './tool-call.js';

const done = (text: string) => ({ content: [{ type: 'text' as const, text }] });

/** The tools by which the suite looks at what revision 2026-07-28 does without a connection. */
export function addStatelessTools(server: McpServer, notify: ServerNotifier): void {
  server.registerTool(
    'test_missing_capability',
    { description: "Needs the client's model, whether or not the client has one" },
    async () =>
      inputRequired({
        inputRequests: {
          answer: inputRequired.createMessage({
            messages: [{ role: 'user', content: { type: 'text', text: 'Are you there?' } }],
            maxTokens: 10,
          }),
        },
      }),
  );
  server.registerTool(
    'test_streaming_elicitation',
    { description: 'Reports something, then asks the user' },
    async ({ mcpReq }) => {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: mcpReq.id, progress: 1 } });
      return inputRequired({
        inputRequests: {
          name: inputRequired.elicit({
            message: 'What is your name?',
            requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
          }),
        },
      });
    },
  );
  server.registerTool(
    'test_logging_tool',
    { description: 'Logs once, for those who asked for it' },
    async (context) => {
      await toolCall(context).log('Logged.');
      return done('Logged.');
    },
  );
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools have changed' }, async () => {
    notify.toolsChanged();
    return done('Said so.');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts have changed' }, async () => {
    notify.promptsChanged();
    return done('Said so.');
  });
}
