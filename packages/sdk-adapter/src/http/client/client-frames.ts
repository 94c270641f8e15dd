import { asError } from '../../error.js';
import { parseStrictly } from '../body/parse-json.js';
import { messageFrame, withData } from '../sse/encode-frame.js';
import { carriesMessage, frameOf, readField } from '../sse/frame.js';
import type { SseFrame } from '../sse/frame.js';
import type { FrameOutput, FrameTransform } from '../sse/transform-frames.js';
import type { Exchange } from './exchange.js';

export interface FramesPort {
  readonly maxBodyBytes: number;
  receive(message: unknown, exchange: Exchange): Promise<void>;
  report(error: Error): void;
}

/** What the stream of one exchange needs besides. */
export interface StreamPort {
  /** Gives the request up: what is delivered then is the last that comes of the stream. */
  giveUp(): Promise<void>;
  /** The stream of the call that was made again; `undefined` where it was not, or all that came of it has been written. */
  repeated(output: FrameOutput): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Nothing more comes of the stream. */
  over(): void;
}

/** Opens the message of each event of a stream. Comments, ids and retry times pass; data that has not been verified never does. */
export class ClientFrames implements FrameTransform {
  constructor(
    private readonly exchange: Exchange,
    private readonly port: FramesPort,
    private readonly stream: StreamPort,
  ) {}

  opened(output: FrameOutput): void {
    this.exchange.attach(output);
  }

  async frame(frame: SseFrame, output: FrameOutput): Promise<void> {
    const { exchange } = this;
    const rest = withoutUnverified(frame);
    if (frame.id !== undefined && frame.id !== '') exchange.lastEventId = frame.id;
    const message = this.#messageIn(frame);
    if (message === undefined) {
      writeRest(rest, output);
      return;
    }
    const [first, ...others] = await exchange.inFrame(() => this.port.receive(message.value, exchange));
    if (first !== undefined) output.write(withData(rest, JSON.stringify(first)));
    else writeRest(rest, output);
    for (const other of others) output.write(messageFrame(JSON.stringify(other)));
    // The refused try has nothing more to say, and the session nothing that anybody waits for.
    if (exchange.over) output.end();
    else if (exchange.repeating) output.skip();
  }

  finish(output: FrameOutput): Promise<void> {
    return this.#lost(output);
  }

  following(output: FrameOutput): Promise<ReadableStream<Uint8Array> | undefined> {
    return this.stream.repeated(output);
  }

  closed(): void {
    this.stream.over();
  }

  async failed(_error: unknown, output: FrameOutput): Promise<void> {
    if (this.exchange.request.signal?.aborted === true) return;
    await this.#lost(output);
  }

  /** A stream that can be resumed still owes its answer; any other has lost it. */
  async #lost(output: FrameOutput): Promise<void> {
    const { exchange } = this;
    if (!exchange.unanswered || exchange.lastEventId !== undefined || exchange.over) return;
    for (const message of await exchange.inFrame(() => this.stream.giveUp()))
      output.write(messageFrame(JSON.stringify(message)));
    output.end();
  }

  #messageIn(frame: SseFrame): { readonly value: unknown } | undefined {
    if (!carriesMessage(frame)) return undefined;
    try {
      return { value: parseStrictly(frame.data, this.port.maxBodyBytes) };
    } catch (error) {
      this.port.report(asError(error, 'An event could not be read.'));
      return undefined;
    }
  }
}

/** Many readers, that of the SDK among them, take no notice of an id unless the event has data, were it empty: they could not resume after it. */
function writeRest(rest: SseFrame, output: FrameOutput): void {
  if (rest.lines.length > 0) output.write(rest.id === undefined ? rest : withData(rest, ''));
}

/** Lines that dispatch nothing: comments, and what a client resumes by. */
const HARMLESS: ReadonlySet<string> = new Set(['', 'id', 'retry']);

/**
 * What may be handed on of a frame that nobody has signed. Lines of a name that we do not know are left out: another parser might know it, or read it as
 * another, and find a message in there. An event without content stays one: servers open streams with it, so that its id is known before anything happens.
 */
function withoutUnverified({ lines, ended, data }: SseFrame): SseFrame {
  return frameOf(
    lines.filter((line) => {
      const { name } = readField(line);
      return HARMLESS.has(name) || (data === '' && name === 'data');
    }),
    ended,
  );
}
