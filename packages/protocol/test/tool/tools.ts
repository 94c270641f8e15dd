import type { JsonObject } from '../../src/index.js';

/** Definitions as servers list them: everything that the current protocol revision allows, and members that it does not know. */
export const TOOLS: readonly JsonObject[] = [
  { name: 'ping', inputSchema: { type: 'object' } },
  {
    name: 'read_file',
    title: 'Read a file',
    description: 'Reads a file of the workspace as UTF-8 text.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace' },
        head: { type: 'integer', minimum: 1, default: 100 },
        encoding: { enum: ['utf-8', 'latin1', null] },
      },
      required: ['path'],
      additionalProperties: false,
    },
    outputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    annotations: { title: 'Read', readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    icons: [{ src: 'https://tools.example.com/read.png', mimeType: 'image/png', sizes: ['48x48', 'any'] }],
    execution: { taskSupport: 'optional' },
    _meta: { 'example.com/owner': { team: 'files', pages: [1, 2] }, 'dev.mcps/other': true },
  },
  {
    name: 'transfer',
    description: '',
    inputSchema: { type: 'object', properties: { amount: { type: 'number', multipleOf: 0.01 }, note: {} } },
    annotations: {},
    _meta: {},
    'example.com/extension': [[], {}, '', 0, false, null],
  },
];
