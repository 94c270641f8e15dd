import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../../src/http/sse/decode-frames.js';
import { encodeFrame, messageFrame, withData, withoutData } from '../../../src/http/sse/encode-frame.js';
import { carriesMessage, frameOf } from '../../../src/http/sse/frame.js';
import type { SseFrame } from '../../../src/http/sse/frame.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decodeAll = (text: string, max = 1_000_000): SseFrame[] => new FrameDecoder(max).push(encode(text));

/** What a browser dispatches, read from the whole text as the standard words it: another way round than the decoder's. */
function dispatched(text: string): { data: string; event: string; lastId: string }[] {
  const events: { data: string; event: string; lastId: string }[] = [];
  let [data, event, lastId] = ['', '', ''];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  // What follows the last line end is not a line yet.
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data !== '') events.push({ data: data.slice(0, -1), event: event === '' ? 'message' : event, lastId });
      [data, event] = ['', ''];
      continue;
    }
    if (line.startsWith(':')) continue;
    const [field = '', ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (field === 'data') data += `${value}\n`;
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) lastId = value;
  }
  return events;
}

function read(frames: readonly SseFrame[]): { data: string; event: string; lastId: string }[] {
  const events: { data: string; event: string; lastId: string }[] = [];
  let lastId = '';
  for (const frame of frames) {
    lastId = frame.id ?? lastId;
    if (frame.ended && frame.data !== undefined)
      events.push({ data: frame.data, event: frame.event ?? 'message', lastId });
  }
  return events;
}

const PIECES = [
  'data',
  'id',
  'event',
  'retry',
  ':',
  ': ',
  ' ',
  '\n',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\0',
  'x',
  'é€😀',
  '\uFEFF',
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

describe('the decoder of event streams', () => {
  it('dispatches what the standard says, however the bytes are torn apart', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(12), { maxLength: 40 }), (source, cuts) => {
        const decoder = new FrameDecoder(1_000_000);
        const bytes = encode(source);
        const frames: SseFrame[] = [];
        let start = 0;
        for (const cut of cuts) {
          frames.push(...decoder.push(bytes.subarray(start, start + cut)));
          start += cut;
        }
        frames.push(...decoder.push(bytes.subarray(start)));
        expect(read(frames)).toEqual(dispatched(source));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives lines back as they came', () => {
    fc.assert(
      fc.property(text, (source) => {
        const again = decodeAll(source).map((frame) =>
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(encodeFrame(frame)),
        );
        const plain = source.replace(/^\uFEFF/, '').replace(/\r\n|\r/g, '\n');
        expect(plain.startsWith(again.join(''))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['LF', 'data: a\n\n'],
    ['CR LF', 'data: a\r\n\r\n'],
    ['CR', 'data: a\r\r'],
    ['a byte order mark', '\uFEFFdata: a\n\n'],
    ['no space', 'data:a\n\n'],
  ])('reads an event with %s', (_, source) => {
    expect(decodeAll(source)).toEqual([
      { lines: [expect.stringMatching(/^data: ?a$/)], ended: true, data: 'a', event: undefined, id: undefined },
    ]);
  });

  it('joins data lines, and keeps everything else', () => {
    const [frame] = decodeAll('id: 7\nevent: message\nretry: 5\n: note\nx-own: 1\ndata: {\ndata: }\n\n');
    expect(frame).toMatchObject({ id: '7', event: 'message', data: '{\n}', ended: true });
    expect(frame?.lines).toEqual(['id: 7', 'event: message', 'retry: 5', ': note', 'x-own: 1', 'data: {', 'data: }']);
  });

  it('passes a comment between events on at once, without its blank line', () => {
    const decoder = new FrameDecoder(100);
    expect(decoder.push(encode(': ping\n'))).toEqual([{ ...frameOf([': ping'], false) }]);
    expect(decoder.push(encode('data: a\n: not yet\n'))).toEqual([]);
    expect(decoder.push(encode('\n'))).toHaveLength(1);
  });

  it('drops an event that the stream breaks off', () => {
    expect(decodeAll('data: a\n\ndata: b\n')).toHaveLength(1);
  });

  it.each(['0123456789\n\n', '012345678', 'a: 1\n: 2\nb: 3'])('refuses an event over the limit: %j', (source) => {
    expect(() => decodeAll(source, 8)).toThrow(expect.objectContaining({ reason: 'message_too_large' }) as Error);
  });

  it('counts each event for itself', () => {
    expect(decodeAll('data: 12\n\n'.repeat(100), 8)).toHaveLength(100);
  });

  it('refuses what is no UTF-8, where a browser would replace it', () => {
    const decoder = new FrameDecoder(100);
    expect(() => decoder.push(Uint8Array.of(0x64, 0xff, 0x0a))).toThrow(
      expect.objectContaining({ reason: 'message_not_canonical' }) as Error,
    );
  });
});

describe('frames', () => {
  const [frame] = decodeAll('id: 7\ndata: old\nretry: 5\ndata: older\n: note\n\n') as [SseFrame];
  const textOf = (of: SseFrame): string => new TextDecoder().decode(encodeFrame(of));

  it('take other data in the place of the old', () => {
    expect(textOf(withData(frame, 'new'))).toBe('id: 7\ndata: new\nretry: 5\n: note\n\n');
  });

  it('keep id and retry time where the message does not go on', () => {
    expect(textOf(withoutData(frame))).toBe('id: 7\nretry: 5\n: note\n\n');
    expect(withoutData(frame).data).toBeUndefined();
  });

  it('never let data end the event', () => {
    expect(read(decodeAll(textOf(messageFrame('a\n\nid: 8\r\rb'))))).toEqual([
      { data: 'a\n\nid: 8\n\nb', event: 'message', lastId: '' },
    ]);
  });

  it('carry a message where they have data and the default type', () => {
    expect(carriesMessage(messageFrame('{}'))).toBe(true);
    expect(carriesMessage(frameOf(['data: {}'], true))).toBe(true);
    expect(carriesMessage(frameOf(['event: ping', 'data: {}'], true))).toBe(false);
    expect(carriesMessage(frameOf(['id: 1', 'data:'], true))).toBe(false);
    expect(carriesMessage(frameOf([': data'], false))).toBe(false);
  });
});
