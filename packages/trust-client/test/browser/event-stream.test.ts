import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventStream } from '../../src/http/event-stream.js';
import type { StreamEvent } from '../../src/http/event-stream.js';

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function read(text: string, cuts: readonly number[] = [], maxEventBytes = 1_000): Promise<StreamEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const chunks = at.slice(1).map((end, index) => bytes.slice(at[index], end));
  const events: StreamEvent[] = [];
  for await (const event of readEventStream(streamOf(chunks), { maxEventBytes })) events.push(event);
  return events;
}

const event = (data: string, type = 'message', id = ''): StreamEvent => ({ id, type, data });

describe('events are read', () => {
  it.each<[string, string, StreamEvent[]]>([
    ['with all their fields', 'id: 1.7\nevent: revocation\ndata: {}\n\n', [event('{}', 'revocation', '1.7')]],
    ['without any but data', 'data: a\n\n', [event('a')]],
    ['with data of several lines', 'data: a\ndata:b\ndata\n\n', [event('a\nb\n')]],
    ['with one space taken off', 'data:  a\n\n', [event(' a')]],
    ['after comments and unknown fields', ': keep alive\nretry: 5\nfoo: bar\ndata: a\n\n', [event('a')]],
    ['after a byte order mark', '\uFEFFdata: a\n\n', [event('a')]],
    ['ended by CR', 'data: a\r\rdata: b\r\r', [event('a'), event('b')]],
    ['ended by CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [event('a'), event('b')]],
    [
      'with the last id there was',
      'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
      [event('a', 'message', '1'), event('b', 'message', '1'), event('c')],
    ],
    [
      'but not with an id that holds a zero',
      'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
      [event('a', 'message', '1'), event('b', 'message', '1')],
    ],
    ['but not without data', 'event: x\n\n\n\ndata: a\n\n', [event('a')]],
    ['but not without an end', 'data: a\n\ndata: b\n', [event('a')]],
    ['beyond ASCII', 'data: é𐍈\n\n', [event('é𐍈')]],
  ])('%s', async (_title, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('the same, wherever the stream is cut', async () => {
    const text = '\uFEFFid: 1\r\nevent: é\r\ndata: 𐍈\r\n\r\n: comment\rdata: b\r\rdata: c\n\n';
    const whole = await read(text);
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 20 }), async (cuts) => {
        expect(await read(text, cuts)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('as many as come, however long the stream', async () => {
    expect(await read('data: 0123456789\n\n'.repeat(1_000), [], 100)).toHaveLength(1_000);
  });
});

describe('a stream is refused', () => {
  it.each([
    ['for a line without end', `data: ${'x'.repeat(2_000)}`],
    ['for an event without end', 'data: x\n'.repeat(500)],
    ['for comments without end', ': x\n'.repeat(1_000)],
  ])('%s', async (_title, text) => {
    const cuts = Array.from({ length: 50 }, (_, i) => i * 40);
    await expect(read(text, cuts)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('for bytes that are no text', async () => {
    const stream = streamOf([new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a])]);
    const events = readEventStream(stream, { maxEventBytes: 100 });
    await expect(events.next()).rejects.toMatchObject({ code: 'answer_malformed' });
  });

  it('and ended by whoever stops reading', async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
      cancel: () => void (cancelled = true),
    });
    for await (const { data } of readEventStream(endless, { maxEventBytes: 100 })) {
      expect(data).toBe('x');
      break;
    }
    expect(cancelled).toBe(true);
  });
});
