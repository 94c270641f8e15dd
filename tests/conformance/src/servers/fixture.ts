import type { RequestListener } from 'node:http';
import type { FetchHandler } from '../http/serve.js';

/** A server under test, not listening yet. */
export interface Fixture {
  readonly fetch: FetchHandler;
  /** How this line's handlers are put behind `node:http`. */
  listener(handler: FetchHandler): RequestListener;
  close(): Promise<void>;
}
