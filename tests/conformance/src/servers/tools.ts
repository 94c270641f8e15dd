import { setTimeout as delay } from 'node:timers/promises';
import { redPixelPng, silentWav } from './content.js';
import { elicitDefaults, elicitEnums, elicitUser, objectSchema, schema2020 } from './schemas.js';
import type { ElicitationSchema, ObjectSchema } from './schemas.js';

/** What a tool may do while it runs, in the words of neither SDK line. */
export interface ToolCall {
  log(text: string): Promise<void>;
  /** Does nothing when the caller gave no progress token. */
  progress(done: number, total: number): Promise<void>;
  /** @returns the text that the client's model answered */
  sample(prompt: string): Promise<string>;
  elicit(message: string, requestedSchema: ElicitationSchema): Promise<{ action: string; content?: unknown }>;
  /** Ends the response's event stream, so that the client has to come back for the rest. */
  closeStream(): void;
}

export type ToolContent =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; text: string } };

export interface FixtureTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  /** What it throws becomes a result with `isError`. */
  run(values: Readonly<Record<string, unknown>>, call: ToolCall): Promise<ToolContent[]>;
}

const text = (value: string): ToolContent => ({ type: 'text', text: value });
const noArguments = objectSchema({});

/** The pause between two messages of one call, as the suite asks for: they must be seen to arrive one by one. */
const stepMs = 50;

function elicitationTool(name: string, description: string, requestedSchema: ElicitationSchema): FixtureTool {
  return {
    name,
    description,
    inputSchema: noArguments,
    run: async (_values, call) => {
      const { action, content } = await call.elicit('Please fill this in', requestedSchema);
      return [text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`)];
    },
  };
}

function fixedTool(name: string, description: string, content: ToolContent[]): FixtureTool {
  return { name, description, inputSchema: noArguments, run: async () => content };
}

/** Tools that answer on their own. The first takes no argument: the suite calls it so to probe headers. */
const plainTools: readonly FixtureTool[] = [
  fixedTool('test_simple_text', 'Answers with a text', [text('This is a simple text response for testing.')]),
  fixedTool('test_image_content', 'Answers with a picture', [
    { type: 'image', data: redPixelPng, mimeType: 'image/png' },
  ]),
  fixedTool('test_audio_content', 'Answers with a sound', [{ type: 'audio', data: silentWav, mimeType: 'audio/wav' }]),
  fixedTool('test_embedded_resource', 'Answers with a resource', [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]),
  fixedTool('test_multiple_content_types', 'Answers with a text, a picture and a resource', [
    text('Multiple content types test:'),
    { type: 'image', data: redPixelPng, mimeType: 'image/png' },
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]),
  {
    name: 'test_error_handling',
    description: 'Always fails',
    inputSchema: noArguments,
    run: async () => {
      throw new Error('This tool intentionally returns an error for testing');
    },
  },
  {
    name: 'json_schema_2020_12_tool',
    description: 'Tool with JSON Schema 2020-12 features',
    inputSchema: schema2020,
    run: async (values) => [text(`Received ${JSON.stringify(values)}`)],
  },
  {
    name: 'test_mirrored_parameter',
    description: 'Has a parameter that travels in a header too',
    inputSchema: objectSchema({ region: { type: 'string', 'x-mcp-header': 'Region' } }),
    run: async ({ region }) => [text(`Region: ${String(region)}`)],
  },
];

/** Tools that send something before their result. */
const talkingTools: readonly FixtureTool[] = [
  {
    name: 'test_tool_with_logging',
    description: 'Logs three times',
    inputSchema: noArguments,
    run: async (_values, call) => {
      await call.log('Tool execution started');
      await delay(stepMs);
      await call.log('Tool processing data');
      await delay(stepMs);
      await call.log('Tool execution completed');
      return [text('Logged three times.')];
    },
  },
  {
    name: 'test_tool_with_progress',
    description: 'Reports its progress three times',
    inputSchema: noArguments,
    run: async (_values, call) => {
      await call.progress(0, 100);
      await delay(stepMs);
      await call.progress(50, 100);
      await delay(stepMs);
      await call.progress(100, 100);
      return [text('Reported progress three times.')];
    },
  },
  {
    name: 'test_sampling',
    description: "Asks the client's model",
    inputSchema: objectSchema({ prompt: { type: 'string', description: 'What to ask' } }, ['prompt']),
    run: async ({ prompt }, call) => [text(`LLM response: ${await call.sample(String(prompt))}`)],
  },
  {
    name: 'test_elicitation',
    description: "Asks the client's user",
    inputSchema: objectSchema({ message: { type: 'string', description: 'What to ask' } }, ['message']),
    run: async ({ message }, call) => {
      const { action, content } = await call.elicit(String(message), elicitUser);
      return [text(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`)];
    },
  },
  elicitationTool('test_elicitation_sep1034_defaults', 'Asks for values that have defaults', elicitDefaults),
  elicitationTool('test_elicitation_sep1330_enums', 'Asks for choices of every kind', elicitEnums),
  {
    name: 'test_reconnection',
    description: 'Ends its event stream before it answers',
    inputSchema: noArguments,
    run: async (_values, call) => {
      await delay(stepMs);
      call.closeStream();
      await delay(2 * stepMs);
      return [text('Answered after the stream was closed.')];
    },
  },
];

export const tools: readonly FixtureTool[] = [...plainTools, ...talkingTools];
