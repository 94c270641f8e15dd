import { McpsError } from '@mcps/protocol';
import { joinBytes } from '../../join-bytes.js';
import { frameOf } from './frame.js';
import type { SseFrame } from './frame.js';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/**
 * Reads an event stream piece by piece, as the WHATWG standard parses it (HTML, "Server-sent events"): lines end in LF, CR LF or CR, one byte order mark is
 * dropped, a blank line ends an event, and an event that the stream breaks off is none. Beyond the standard, bytes that are no UTF-8 are refused rather than
 * replaced: what is verified must be what was sent.
 */
export class FrameDecoder {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The pieces of the line that has not ended. */
  #line: Uint8Array[] = [];
  #lines: string[] = [];
  /** Bytes of the event that has not ended. */
  #bytes = 0;
  #endedInCr = false;
  #atStart = true;

  /** @param maxFrameBytes the most bytes of one event, line ends not counted. */
  constructor(private readonly maxFrameBytes: number) {}

  /**
   * Takes the next bytes of the stream and returns what has ended with them.
   *
   * @throws McpsError `message_too_large` for an event over the limit, `message_not_canonical` for what is no UTF-8. Nothing more may be read then.
   */
  push(chunk: Uint8Array): SseFrame[] {
    const frames: SseFrame[] = [];
    let start = 0;
    // The LF of a CR LF that was torn apart.
    if (this.#endedInCr && chunk[0] === LF) start = 1;
    if (chunk.length > 0) this.#endedInCr = false;
    for (let end = lineEnd(chunk, start); end < chunk.length; end = lineEnd(chunk, start)) {
      this.#append(chunk.subarray(start, end));
      const frame = this.#endLine();
      if (frame !== undefined) frames.push(frame);
      const isCr = chunk[end] === CR;
      start = isCr && chunk[end + 1] === LF ? end + 2 : end + 1;
      this.#endedInCr = isCr && end + 1 === chunk.length;
    }
    this.#append(chunk.slice(start));
    return frames;
  }

  #append(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes > this.maxFrameBytes) throw new McpsError('message_too_large');
    this.#line.push(piece);
  }

  #endLine(): SseFrame | undefined {
    const line = this.#takeLine();
    const isComment = line.charCodeAt(0) === COLON;
    if (line === '') return this.#endFrame(true);
    this.#lines.push(line);
    // Between two events a comment is a sign of life, which must not wait for the next event.
    return isComment && this.#lines.length === 1 ? this.#endFrame(false) : undefined;
  }

  #takeLine(): string {
    const bytes = joinBytes(this.#line);
    this.#line = [];
    let line: string;
    try {
      line = this.#decoder.decode(bytes);
    } catch (cause) {
      throw new McpsError('message_not_canonical', {}, { cause });
    }
    const isFirst = this.#atStart;
    this.#atStart = false;
    return isFirst && line.startsWith('\uFEFF') ? line.slice(1) : line;
  }

  #endFrame(ended: boolean): SseFrame {
    const lines = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    return frameOf(lines, ended);
  }
}

function lineEnd(chunk: Uint8Array, from: number): number {
  let end = from;
  while (end < chunk.length && chunk[end] !== LF && chunk[end] !== CR) end += 1;
  return end;
}
