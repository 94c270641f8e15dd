import { frameOf, readField } from './frame.js';
import type { SseFrame } from './frame.js';

const encoder = new TextEncoder();

/** A frame's bytes: its lines as they came, each ended by LF. */
export function encodeFrame({ lines, ended }: SseFrame): Uint8Array {
  const text = lines.map((line) => `${line}\n`).join('');
  return encoder.encode(ended ? `${text}\n` : text);
}

/** The same frame with other data, in the place of the old: ids, retry times, comments and unknown fields stay as they came. */
export function withData(frame: SseFrame, data: string): SseFrame {
  const isData = (line: string): boolean => readField(line).name === 'data';
  const first = frame.lines.findIndex(isData);
  const place = first < 0 ? frame.lines.length : first;
  const before = frame.lines.slice(0, place);
  const after = frame.lines.slice(place).filter((line) => !isData(line));
  return frameOf([...before, ...dataLines(data), ...after], true);
}

/** A new event of the type `message`. */
export function messageFrame(data: string): SseFrame {
  return frameOf(['event: message', ...dataLines(data)], true);
}

/** What is left of a frame whose message does not go on: its id and retry time still count, and nothing is dispatched. */
export function withoutData(frame: SseFrame): SseFrame {
  return frameOf(
    frame.lines.filter((line) => readField(line).name !== 'data'),
    frame.ended,
  );
}

function dataLines(data: string): string[] {
  return data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`);
}
