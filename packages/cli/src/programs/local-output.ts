import { PassThrough } from 'node:stream';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Standard output as a stream that may be ended: the process goes on, and can still tell of what happened. */
export interface LocalOutput {
  readonly stream: Writable;
  /** Resolves when the stream has ended or failed, and what was written to it was handed on. */
  readonly done: Promise<void>;
}

/** @param onGone called where nobody reads standard output any more */
export function localOutput(stdout: Writable, onGone: () => void): LocalOutput {
  const stream = new PassThrough();
  stdout.on('error', () => {
    stream.destroy();
    onGone();
  });
  stream.pipe(stdout, { end: false });
  const done = finished(stream).catch(() => undefined);
  return { stream, done };
}
