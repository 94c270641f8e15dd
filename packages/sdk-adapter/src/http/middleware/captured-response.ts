import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

type Done = (error?: Error | null) => void;
type HeadHeaders = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/** How a response of Node is written: past whatever has been put in front of it. */
export interface ResponseWriter {
  writeHead(status: number): unknown;
  flushHeaders(): void;
  write(chunk: Uint8Array): boolean;
  end(chunk?: Uint8Array): unknown;
  /** Resolves when more can be written, or nothing more. */
  drained(): Promise<void>;
}

const BODILESS = [204, 205, 304];

/** How many bytes of a response may wait to be signed before its writer is asked to. */
const HIGH_WATER_MARK = 16 * 1024;

/** The writer of a response that nothing has been put in front of. */
export function writerOf(response: ServerResponse): ResponseWriter {
  return {
    writeHead: response.writeHead.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
    write: response.write.bind(response),
    end: (chunk) => (chunk === undefined ? response.end() : response.end(chunk)),
    drained: () => eventOf(response, 'drain'),
  };
}

/**
 * A response of Node taken from whoever writes it: from now on, what is written comes out of {@link response}, and {@link writer} alone writes to the network. Head and body are taken
 * in any of the ways that Node has for writing them; a writer that is faster than the network is told so.
 */
export class CapturedResponse {
  /** The response as soon as its head is complete. Rejects if it is broken off before. */
  readonly response: Promise<Response>;
  readonly writer: ResponseWriter;
  #answer: (response: Response) => void = () => undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isBegun = false;
  #isEnded = false;
  #needsDrain = false;
  readonly #waiting: Done[] = [];
  readonly #emit: ServerResponse['emit'];
  #onDrain: () => void = () => undefined;

  constructor(private readonly target: ServerResponse) {
    this.#emit = target.emit.bind(target);
    this.writer = {
      ...writerOf(target),
      end: bindEnd(target),
      drained: () =>
        new Promise((resolve) => {
          this.#onDrain = resolve;
          if (target.destroyed) resolve();
          else target.once('close', resolve);
        }),
    };
    this.response = new Promise((resolve, reject) => {
      this.#answer = resolve;
      target.once('close', () => {
        const error = new Error('The response was broken off.');
        reject(error);
        this.#breakOff(error);
      });
    });
    // Whoever asks for it gets the rejection; nobody may.
    this.response.catch(() => undefined);
    this.#intercept();
  }

  #intercept(): void {
    const { target } = this;
    const own = (name: string, descriptor: PropertyDescriptor): void => {
      Object.defineProperty(target, name, { configurable: true, enumerable: false, ...descriptor });
    };
    const method = (name: string, value: (...args: never[]) => unknown): void => own(name, { value, writable: true });
    method('writeHead', (status: number, ...rest: unknown[]) => this.#writeHead(status, rest));
    method('flushHeaders', () => this.#begin());
    method('write', (...args: unknown[]) => this.#write(argumentsOf(args)));
    method('end', (...args: unknown[]) => this.#end(argumentsOf(args)));
    method('emit', (name: string, ...args: unknown[]) => {
      if (name !== 'drain') return this.#emit(name, ...args);
      this.#onDrain();
      return true;
    });
    own('headersSent', { get: () => this.#isBegun });
    own('writableEnded', { get: () => this.#isEnded });
    own('writableNeedDrain', { get: () => this.#needsDrain });
  }

  #writeHead(status: number, rest: unknown[]): ServerResponse {
    const { target } = this;
    target.statusCode = status;
    const [first] = rest;
    if (typeof first === 'string') target.statusMessage = first;
    const headers = (typeof first === 'string' ? rest[1] : first) as HeadHeaders | undefined;
    for (const [name, value] of pairsOf(headers)) target.setHeader(name, value);
    return target;
  }

  #begin(body: 'stream' | 'none' = 'stream'): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { statusCode, statusMessage } = this.target;
    const headers = headersOf(this.target);
    const hasBody = body === 'stream' && !BODILESS.includes(statusCode);
    const init: ResponseInit = { status: statusCode, headers };
    // Undefined until somebody sets it, whatever its type says.
    if (typeof statusMessage === 'string') init.statusText = statusMessage;
    this.#answer(new Response(hasBody ? this.#stream() : null, init));
  }

  #stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#drain(),
        cancel: () => {
          this.#controller = undefined;
          this.#drain();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }),
    );
  }

  #write({ bytes, done }: Written): boolean {
    if (this.#isEnded) {
      done?.(new Error('write after end'));
      return false;
    }
    this.#begin();
    if (bytes !== undefined && bytes.length > 0) this.#controller?.enqueue(bytes);
    this.#needsDrain = this.#controller !== undefined && (this.#controller.desiredSize ?? 0) <= 0;
    if (done !== undefined) {
      if (this.#needsDrain) this.#waiting.push(done);
      else queueMicrotask(done);
    }
    return !this.#needsDrain;
  }

  #end({ bytes, done }: Written): ServerResponse {
    const { target } = this;
    if (this.#isEnded) {
      done?.();
      return target;
    }
    if (done !== undefined) target.once('finish', done);
    this.#begin(bytes === undefined || bytes.length === 0 ? 'none' : 'stream');
    if (bytes !== undefined) this.#write({ bytes, done: undefined });
    this.#isEnded = true;
    this.#controller?.close();
    this.#controller = undefined;
    return target;
  }

  #drain(): void {
    for (const done of this.#waiting.splice(0)) queueMicrotask(done);
    if (!this.#needsDrain) return;
    this.#needsDrain = false;
    // Not from within the read that made room: the writer goes on at once.
    queueMicrotask(() => this.#emit('drain'));
  }

  #breakOff(error: Error): void {
    this.#controller?.error(error);
    this.#controller = undefined;
    for (const done of this.#waiting.splice(0)) done(error);
    this.#onDrain();
  }
}

interface Written {
  readonly bytes: Uint8Array | undefined;
  readonly done: Done | undefined;
}

/** The arguments of `write` and `end`: a chunk, its encoding and a callback, each of which may be left out. */
function argumentsOf(args: readonly unknown[]): Written {
  const done = args.find((argument) => typeof argument === 'function') as Done | undefined;
  const [chunk, encoding] = args;
  if (typeof chunk === 'string')
    return { bytes: Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'), done };
  return { bytes: chunk instanceof Uint8Array ? chunk : undefined, done };
}

function bindEnd(target: ServerResponse): ResponseWriter['end'] {
  const end = target.end.bind(target);
  return (chunk) => (chunk === undefined ? end() : end(chunk));
}

/** The forms that headers are given to `writeHead` in: an object, pairs, or names and values in turn. */
function pairsOf(headers: HeadHeaders | undefined): [string, OutgoingHttpHeader][] {
  if (headers === undefined) return [];
  if (!isList(headers))
    return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const flat = Array.isArray(headers[0]) ? headers.flat() : headers;
  const pairs: [string, OutgoingHttpHeader][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([String(flat[at]), flat[at + 1] ?? '']);
  return pairs;
}

function isList(headers: HeadHeaders): headers is readonly OutgoingHttpHeader[] {
  return Array.isArray(headers);
}

function headersOf(target: ServerResponse): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(target.getHeaders()))
    for (const each of [value].flat()) if (each !== undefined) headers.append(name, String(each));
  return headers;
}

function eventOf(target: ServerResponse, name: string): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      target.off(name, done).off('close', done);
      resolve();
    };
    target.on(name, done).on('close', done);
    if (target.destroyed) done();
  });
}
