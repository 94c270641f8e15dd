import { describe, expect, it } from 'vitest';
import { contradictingHeader, decodeHeaderValue } from '../../src/http/headers.js';

const call = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'größe',
    arguments: { region: 'eu', count: 42, nested: { dry: true } },
    _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
  },
};
const NAME = `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode('größe')))}?=`;

const found = (headers: Record<string, string>, message: object = call): string | undefined =>
  contradictingHeader(new Headers(headers), message as Record<string, unknown>);

describe('headers beside a signed body', () => {
  it.each([
    [{}],
    [{ 'Mcp-Method': 'tools/call', 'Mcp-Name': NAME, 'MCP-Protocol-Version': '2026-07-28' }],
    [{ 'Mcp-Name': `  ${NAME} ` }],
    [{ 'Mcp-Param-Region': 'eu', 'Mcp-Param-Count': '42.0', 'Mcp-Param-Dry': 'true' }],
    [{ 'Mcp-Param-Region': '=?base64?ZXU=?=' }],
    [{ Authorization: 'Bearer x', 'X-Other': 'tools/list' }],
  ])('agree with it: %j', (headers) => {
    expect(found(headers)).toBeUndefined();
  });

  it.each([
    [{ 'Mcp-Method': 'tools/list' }, 'Mcp-Method'],
    [{ 'Mcp-Method': 'Tools/Call' }, 'Mcp-Method'],
    [{ 'Mcp-Method': '' }, 'Mcp-Method'],
    [{ 'Mcp-Name': 'other' }, 'Mcp-Name'],
    [{ 'Mcp-Name': '=?base64?!?=' }, 'Mcp-Name'],
    [{ 'Mcp-Name': '=?base64?/w==?=' }, 'Mcp-Name'],
    [{ 'MCP-Protocol-Version': '2025-11-25' }, 'MCP-Protocol-Version'],
    [{ 'Mcp-Param-Region': 'us' }, 'mcp-param-region'],
    [{ 'Mcp-Param-Region': '=?base64?ZXU?=' }, 'mcp-param-region'],
    [{ 'Mcp-Param-Count': '43' }, 'mcp-param-count'],
    [{ 'Mcp-Param-Extra': 'anything' }, 'mcp-param-extra'],
  ])('contradict it: %j', (headers, name) => {
    expect(found(headers)).toBe(name);
  });

  it('contradict a message that has nothing of the kind', () => {
    expect(found({ 'Mcp-Method': 'tools/call' }, { jsonrpc: '2.0', id: 1, result: {} })).toBe('Mcp-Method');
    expect(found({ 'Mcp-Name': 'x' }, { jsonrpc: '2.0', id: 1, method: 'ping' })).toBe('Mcp-Name');
    expect(found({ 'Mcp-Param-A': 'x' }, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a' } })).toBe(
      'mcp-param-a',
    );
  });

  it('leave a revision that names no version in its bodies alone', () => {
    expect(found({ 'MCP-Protocol-Version': '2025-06-18' }, { jsonrpc: '2.0', id: 1, method: 'ping' })).toBeUndefined();
  });

  it('read their Base64 form', () => {
    expect(decodeHeaderValue(NAME)).toBe('größe');
    expect(decodeHeaderValue('=?base64??=')).toBe('');
    expect(decodeHeaderValue('=?base64?x')).toBe('=?base64?x');
  });
});
