import type { JsonObject, JsonRpcId } from '@mcps/protocol';
import { asError } from '../../error.js';
import { answeredIdOf, isObject } from '../../json-object.js';
import { bodyKind } from '../body/json-response.js';
import { parseStrictly } from '../body/parse-json.js';
import { readBody } from '../body/read-body.js';
import { encodeFrame, messageFrame } from '../sse/encode-frame.js';
import { transformFrames } from '../sse/transform-frames.js';
import type { FrameOutput } from '../sse/transform-frames.js';
import { ClientFrames } from './client-frames.js';
import type { Exchange } from './exchange.js';
import { ResumableRequests, lostAnswer } from './lost-answers.js';
import { neutralResponse, responseWith, streamResponse } from './neutral-response.js';

/** What reading responses needs of the session. */
export interface ReaderPort {
  readonly maxBodyBytes: number;
  /** Opens a message; resolves once it has been delivered to the exchange, or refused. */
  receive(message: unknown, exchange: Exchange): Promise<void>;
  /** Nobody counts on the answer to a request any more. */
  abandon(id: JsonRpcId): void;
  /** Nothing more comes of the exchange. */
  over(exchange: Exchange): void;
  report(error: Error): void;
}

type Bytes = ReadableStream<Uint8Array>;

/** Statuses by which a server asks for authorization: the client will try again, and the connection waits for that. */
const CHALLENGES: ReadonlySet<number> = new Set([401, 403]);

/** Statuses by which a server says that there is nothing to resume: the session has ended, or there are no such streams. */
const NOTHING_TO_RESUME: ReadonlySet<number> = new Set([404, 405]);

/** Makes of each response what the application may see of it: verified messages, and what HTTP has to say. */
export class ResponseReader {
  readonly #resumable = new ResumableRequests();

  constructor(private readonly port: ReaderPort) {}

  /** The response to a message that was posted. */
  async read(exchange: Exchange): Promise<Response> {
    const reply = await exchange.nextReply();
    if (reply.type === 'local') {
      this.port.over(exchange);
      return responseWith(new Response(), reply.message);
    }
    const { response } = reply;
    const kind = bodyKind(response.headers);
    if (exchange.awaitedId === undefined) return this.#discard(exchange, response);
    if (response.ok && kind === 'event-stream' && response.body !== null)
      return streamResponse(response, this.#stream(exchange, response.body));
    return this.#readWhole(exchange, response, kind === 'json');
  }

  /** The response to a request without a body: a stream, or nothing that anybody should read. */
  async readStream(exchange: Exchange): Promise<Response> {
    const reply = await exchange.nextReply();
    if (reply.type === 'local') throw new Error('Nothing can have been answered.');
    const { response } = reply;
    const { headers } = exchange.request;
    const resumed = this.#resumable.take(headers.get('last-event-id'));
    exchange.resume(resumed, headers.get('last-event-id') ?? undefined);
    if (response.ok && bodyKind(response.headers) === 'event-stream' && response.body !== null)
      return streamResponse(response, this.#stream(exchange, response.body));
    if (resumed !== undefined && NOTHING_TO_RESUME.has(response.status)) {
      await response.body?.cancel();
      await this.settle(exchange);
      return streamResponse(response, streamOf(exchange.takeArrived()));
    }
    if (resumed !== undefined) this.#keepResumable(exchange);
    return this.#discard(exchange, response);
  }

  /** Gives up waiting: the connection forgets the request, and the application is told. */
  async settle(exchange: Exchange): Promise<void> {
    const { awaitedId } = exchange;
    if (awaitedId !== undefined && exchange.unanswered) await this.port.receive(lostAnswer(awaitedId), exchange);
  }

  async #discard(exchange: Exchange, response: Response): Promise<Response> {
    this.port.over(exchange);
    await response.body?.cancel();
    return neutralResponse(response);
  }

  async #readWhole(exchange: Exchange, response: Response, isJson: boolean): Promise<Response> {
    if (CHALLENGES.has(response.status)) {
      // It may be tried again under the same id, or never.
      if (exchange.awaitedId !== undefined) this.port.abandon(exchange.awaitedId);
      return this.#discard(exchange, response);
    }
    if (isJson) await this.#receiveBody(exchange, response);
    else await response.body?.cancel();
    if (exchange.takeRepetition()) return this.read(exchange);
    const wasAnswered = exchange.answered;
    if (!exchange.answered) await exchange.guard(this.settle(exchange));
    const arrived = exchange.takeArrived();
    this.port.over(exchange);
    // A status that says no is for the SDK to act upon; what the server has signed goes with it.
    if (!response.ok && !wasAnswered) return neutralResponse(response);
    if (arrived.length === 0) return neutralResponse(new Response(null, { status: 202, headers: response.headers }));
    return responseWith(response, arrived.length === 1 ? arrived[0] : arrived);
  }

  async #receiveBody(exchange: Exchange, response: Response): Promise<void> {
    const { maxBodyBytes } = this.port;
    const bytes = await exchange.guard(readBody(response, maxBodyBytes));
    let body: unknown;
    try {
      body = parseStrictly(bytes, maxBodyBytes);
    } catch (error) {
      this.port.report(asError(error, 'A body could not be read.'));
      return;
    }
    const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
    for (const message of messages) {
      if (response.ok || answers(message, exchange.awaitedId))
        await exchange.guard(this.port.receive(message, exchange));
    }
  }

  #stream(exchange: Exchange, body: Bytes): Bytes {
    const frames = new ClientFrames(exchange, this.port, {
      giveUp: () => this.settle(exchange),
      repeated: (output) => this.#repeated(exchange, output),
      over: () => this.#streamOver(exchange),
    });
    return transformFrames(body, frames, this.port.maxBodyBytes);
  }

  /** What comes after a stream: that of the call that was made again. */
  async #repeated(exchange: Exchange, output: FrameOutput): Promise<Bytes | undefined> {
    if (!exchange.takeRepetition()) return undefined;
    const reply = await exchange.nextReply();
    if (reply.type === 'local') {
      output.write(messageFrame(JSON.stringify(reply.message)));
      return undefined;
    }
    const { response } = reply;
    const kind = bodyKind(response.headers);
    if (response.ok && kind === 'event-stream' && response.body !== null) {
      exchange.attach(output);
      return response.body;
    }
    if (kind === 'json') await this.#receiveBody(exchange, response);
    else await response.body?.cancel();
    await this.settle(exchange);
    for (const message of exchange.takeArrived()) output.write(messageFrame(JSON.stringify(message)));
    return undefined;
  }

  #streamOver(exchange: Exchange): void {
    const { awaitedId, over, lastEventId } = exchange;
    if (!over && lastEventId !== undefined) this.#keepResumable(exchange);
    // Whoever closes the stream of a request has cancelled it.
    else if (awaitedId !== undefined && exchange.unanswered) this.port.abandon(awaitedId);
    this.port.over(exchange);
  }

  #keepResumable(exchange: Exchange): void {
    const { awaitedId, lastEventId } = exchange;
    if (awaitedId === undefined || lastEventId === undefined || !exchange.unanswered) return;
    const forgotten = this.#resumable.note(lastEventId, awaitedId);
    if (forgotten !== undefined) this.port.abandon(forgotten);
  }
}

function answers(message: unknown, id: JsonRpcId | undefined): boolean {
  return isObject(message) && id !== undefined && answeredIdOf(message) === id;
}

function streamOf(messages: readonly JsonObject[]): Bytes {
  const frames = messages.map((message) => encodeFrame(messageFrame(JSON.stringify(message))));
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const frame of frames) controller.enqueue(frame);
      controller.close();
    },
  });
}
