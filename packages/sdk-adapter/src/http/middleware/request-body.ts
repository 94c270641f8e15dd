import type { IncomingMessage } from 'node:http';

/** A request of Node, with what frameworks and platforms put on it. */
export type NodeRequest = IncomingMessage & {
  originalUrl?: string;
  /** The bytes of a body that a platform has read already. */
  rawBody?: unknown;
};

/**
 * The body of a request of Node: its bytes are read once, and others put in their place, so that whoever reads the same request later finds only those. The stream never comes to its
 * end in between: what is read is put back before it does.
 */
export class RequestBody {
  #read: Buffer[] = [];
  #isOver = false;

  constructor(private readonly request: NodeRequest) {}

  /** Whether somebody else has had the bytes. */
  get isGone(): boolean {
    return this.#kept === undefined && this.request.readableDidRead;
  }

  /** The bytes as they come, read as they are asked for. */
  stream(): ReadableStream<Uint8Array> {
    const kept = this.#kept;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = kept ?? (await this.#next());
          if (chunk !== undefined && chunk.length > 0) controller.enqueue(new Uint8Array(chunk));
          if (chunk === undefined || chunk === kept) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Puts a JSON text in the place of the body. */
  replace(text: string): void {
    const bytes = Buffer.from(text);
    const { request } = this;
    // For those who look for the bytes here first.
    request.rawBody = bytes;
    describe(request, bytes.length);
    if (request.readableEnded || request.destroyed) return;
    request.read();
    request.unshift(bytes);
  }

  /** The bytes that a platform kept when it read them. */
  get #kept(): Uint8Array | undefined {
    const { rawBody } = this.request;
    return rawBody instanceof Uint8Array ? rawBody : undefined;
  }

  /** The next bytes; `undefined` at the end. */
  #next(): Promise<Buffer | undefined> {
    const { request } = this;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        request.off('readable', look).off('end', ended).off('error', failed).off('close', failed);
      };
      const ended = (): void => {
        stop();
        this.#hold();
        resolve(undefined);
      };
      const failed = (error?: Error): void => {
        stop();
        reject(error ?? new Error('The request was broken off.'));
      };
      const look = (): void => {
        // Reading on now would end the stream: nothing could be put back.
        if (request.complete && request.readableLength === 0) {
          ended();
          return;
        }
        const chunk = request.read() as Buffer | string | null;
        if (chunk === null) return;
        stop();
        const bytes = Buffer.from(chunk as string);
        this.#read.push(bytes);
        if (request.complete) this.#hold();
        resolve(bytes);
      };
      if (this.#isOver || request.readableEnded || (request.complete && request.readableLength === 0)) {
        ended();
        return;
      }
      if (request.destroyed) {
        failed();
        return;
      }
      request.on('end', ended).on('error', failed).on('close', failed).on('readable', look);
    });
  }

  /** Puts back what has been read, which keeps the stream from ending. */
  #hold(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const bytes = Buffer.concat(this.#read.splice(0));
    if (bytes.length > 0 && !this.request.readableEnded) this.request.unshift(bytes);
  }
}

/** Headers that describe the bytes as they were sent. */
const OF_THE_BODY = [
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
];

/** Lets the headers say how long the new body is, and nothing of the old one. */
function describe(request: NodeRequest, length: number): void {
  const { headers } = request;
  const raw = request.rawHeaders.flatMap((name, at, all) =>
    at % 2 === 1 || OF_THE_BODY.includes(name.toLowerCase()) ? [] : [name, all[at + 1] ?? ''],
  );
  for (const name of OF_THE_BODY) Reflect.deleteProperty(headers, name);
  headers['content-length'] = String(length);
  request.rawHeaders = [...raw, 'Content-Length', String(length)];
}
