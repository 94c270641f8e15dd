import type { JsonObject } from '@mcps/protocol';
import { prose } from './messages.js';

/** The answer to `tools/list` of a server with many tools: about 45 KB, members in the order in which the SDK writes them. */
export function toolsList(): JsonObject {
  return {
    jsonrpc: '2.0',
    id: 2,
    result: { tools: Array.from({ length: 27 }, (_, number) => tool(number)) },
  };
}

function tool(number: number): JsonObject {
  return {
    name: `records_${String(number)}_search`,
    title: `Search records of kind ${String(number)}`,
    description: `Finds records. ${prose(420)}`,
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'Words that the record contains, in any order', minLength: 1 },
        filter: {
          type: 'object',
          properties: {
            region: { type: 'string', enum: ['north', 'east', 'south', 'west'] },
            createdAfter: { type: 'string', format: 'date-time', description: 'Only records made after this' },
            tags: { type: 'array', items: { type: 'string', maxLength: 40 }, maxItems: 16 },
          },
          additionalProperties: false,
        },
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
        cursor: { type: 'string', description: 'Where the last page ended' },
      },
      required: ['query'],
      additionalProperties: false,
      $schema: 'http://json-schema.org/draft-07/schema#',
    },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    execution: { taskSupport: 'forbidden' },
  };
}

/** A tool's answer that is one long text: 1 MB, one byte a character. */
export function longText(): JsonObject {
  return textResult(prose(1_000_000));
}

/** The same with characters beyond Latin-1, which engines hold in two bytes each. */
export function longWideText(): JsonObject {
  return textResult(`→ ${prose(1_000_000)}`);
}

function textResult(text: string): JsonObject {
  return { jsonrpc: '2.0', id: 3, result: { content: [{ type: 'text', text }], isError: false } };
}

const CHAIN_DEPTH = 50;

/** An answer of 1 MB that goes down 50 levels again and again, a few members on each. */
export function deepData(): JsonObject {
  let chain: JsonObject = { value: 0 };
  for (let level = 0; level < CHAIN_DEPTH; level++)
    chain = { name: `node ${String(level)}`, level, child: chain, leaf: false };
  const chains = Math.ceil(1_000_000 / JSON.stringify(chain).length);
  const structuredContent = { chains: Array.from({ length: chains }, () => chain) };
  return { jsonrpc: '2.0', id: 4, result: { structuredContent, content: [] } };
}
