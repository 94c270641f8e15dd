import { describe, expect, it } from 'vitest';
import { bodyKind, headersForNewBody, jsonResponse, withBody } from '../../../src/http/body/json-response.js';
import { parseStrictly } from '../../../src/http/body/parse-json.js';
import { isIdentityEncoded, readBody } from '../../../src/http/body/read-body.js';

function streamed(pieces: readonly string[], onCancel?: () => void): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    cancel: () => onCancel?.(),
  });
}

describe('a body', () => {
  it('is read whole, up to its limit', async () => {
    const body = streamed(['{"a":', '"é"', '}']);
    const bytes = await readBody({ headers: new Headers(), body }, 10);
    expect(parseStrictly(bytes, 10)).toEqual({ a: 'é' });
    expect(await readBody({ headers: new Headers(), body: null }, 10)).toHaveLength(0);
  });

  it('is refused by the length that it announces, before it is read', async () => {
    let cancelled = 0;
    const body = streamed(['x'], () => (cancelled += 1));
    const headers = new Headers({ 'content-length': '11' });
    await expect(readBody({ headers, body }, 10)).rejects.toMatchObject({ reason: 'message_too_large' });
    expect(cancelled).toBe(1);
  });

  it.each([['11'], [undefined], ['-1'], ['1e400'], ['x']])(
    'is refused as soon as it is too long, with length %s',
    async (length) => {
      let cancelled = 0;
      const body = streamed(['12345', '67890', '1', '2'], () => (cancelled += 1));
      const headers = new Headers(length === undefined ? {} : { 'content-length': length });
      await expect(readBody({ headers, body }, 10)).rejects.toMatchObject({ reason: 'message_too_large' });
      expect(cancelled).toBe(1);
    },
  );

  it.each([
    ['{"a":1,"a":2}', 'message_not_canonical'],
    ['{"a":12345678901234567890}', 'message_not_canonical'],
    ['{"a":1e400}', 'message_not_canonical'],
    ['{"a":"\\ud800"}', 'message_not_canonical'],
    ['{"a":1} x', 'message_not_object'],
    ['', 'message_not_object'],
    ['{', 'message_not_object'],
    ['\uFEFF{}', 'message_not_object'],
    [`${'['.repeat(600)}${']'.repeat(600)}`, 'message_too_deep'],
    [`"${'x'.repeat(2000)}"`, 'message_too_large'],
  ])('is refused where readers could take it differently: %s', (text, reason) => {
    expect(() => parseStrictly(text, 2000)).toThrow(expect.objectContaining({ reason }) as Error);
  });

  it('is refused where it is no UTF-8', () => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22);
    expect(() => parseStrictly(bytes, 10)).toThrow(
      expect.objectContaining({ reason: 'message_not_canonical' }) as Error,
    );
  });

  it.each([
    [undefined, true],
    ['identity', true],
    ['Identity', true],
    ['gzip', false],
    ['identity, gzip', false],
  ])('with content-encoding %s is as it was written: %s', (coding, expected) => {
    expect(isIdentityEncoded(new Headers(coding === undefined ? {} : { 'content-encoding': coding }))).toBe(expected);
  });

  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['text/event-stream', 'event-stream'],
    ['text/event-stream;charset=utf-8', 'event-stream'],
    ['application/json-seq', 'other'],
    ['text/plain', 'other'],
  ])('of the type %s is %s', (type, kind) => {
    expect(bodyKind(new Headers({ 'content-type': type }))).toBe(kind);
  });

  it('is replaced without what described the old one', async () => {
    const headers = { 'content-length': '2', etag: '"x"', 'mcp-session-id': 's', 'content-type': 'application/json' };
    const replaced = withBody(new Response('{}', { status: 202, headers }), '{"a":1}');
    expect(replaced.status).toBe(202);
    expect([...replaced.headers.keys()].sort()).toEqual(['content-type', 'mcp-session-id']);
    expect(await replaced.text()).toBe('{"a":1}');
    expect(headersForNewBody(new Headers(headers)).has('etag')).toBe(false);
    expect(jsonResponse({}, 400).headers.get('content-type')).toBe('application/json');
  });
});
