import type { JsonObject } from '@mcps/protocol';

/** Ids of one width, so that all messages of a kind have one length. */
const FIRST_ID = 100_000;

/** A tool call of 250 bytes of JSON. No two numbers give the same. */
export function smallCall(number: number): JsonObject {
  return {
    jsonrpc: '2.0',
    id: FIRST_ID + (number % 900_000),
    method: 'tools/call',
    params: {
      name: 'search_documents',
      arguments: { query: 'quarterly report of the northern region', limit: 25, includeArchived: false },
      _meta: { progressToken: FIRST_ID + (number % 900_000), client: 'report-agent/2.4.1' },
    },
  };
}

/** A tool call of about 20 KB, nearly all of it text. */
export function largeCall(number: number): JsonObject {
  return {
    jsonrpc: '2.0',
    id: FIRST_ID + (number % 900_000),
    method: 'tools/call',
    params: { name: 'write_file', arguments: { path: '/srv/reports/northern.md', content: prose(20_000) } },
  };
}

/** Lines of plain text, quotation marks among it, `length` characters in all. */
export function prose(length: number): string {
  const line = 'The northern region sold 1,284 units in May, which the office calls "solid"; see table 7.\n';
  return line.repeat(Math.ceil(length / line.length)).slice(0, length);
}

/** What arrives when a value is sent as JSON. */
export function transmitted(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
