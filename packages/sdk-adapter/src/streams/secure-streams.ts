import { PassThrough } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import type { ConnectionState, PeerIdentity } from '@mcps/protocol';
import { bridge } from '../bridge/bridge.js';
import { CLIENT_CARRIERS, SERVER_CARRIERS } from '../options/carriers.js';
import type { SecureTransportOptions } from '../options/options.js';
import { decorate } from '../transport/secure-transport.js';
import { plainEnd, wireEnd } from './line-ends.js';

/** A pair of byte streams: what comes in, and what goes out. */
export interface StreamPair {
  readonly input: Readable;
  readonly output: Writable;
}

/** Options of {@link secureStreams}. */
export type SecureStreamsOptions = SecureTransportOptions & {
  /** The most bytes of a line, its newline not counted. Default 4 MiB. */
  readonly maxLineBytes?: number;
};

/** A secured connection over byte streams, as the local peer sees it. */
export interface SecuredStreams extends StreamPair {
  /** Verified messages with everything of ours taken off, one JSON text a line. Ends when the wire's input has. */
  readonly input: Readable;
  /** Takes messages, one JSON text a line, and signs them. Ending it ends the wire's output, after what came before. */
  readonly output: Writable;
  /** Who is at the other end, once a message of theirs has been verified. */
  readonly peer: PeerIdentity | undefined;
  readonly securityState: ConnectionState;
  /** Resolves when the connection is over: both inputs have ended, a stream has failed, or `close` was called. */
  readonly closed: Promise<void>;
  /** Resolves when every message that has arrived so far was handed over, or refused and answered. */
  idle(): Promise<void>;
  /** Ends both streams of the local peer, and leaves those of the wire to their owner. */
  close(): Promise<void>;
}

/**
 * Secures newline-delimited JSON-RPC over a pair of byte streams, for a peer that need know nothing of MCPS or of any SDK: what it reads from the result's
 * `input` has been verified, what it writes to `output` is signed. Envelopes are accepted in either place. A server puts its own where the client
 * has them, a client at the top level, unless `carrier` says otherwise.
 *
 * @param wire the streams to the other end: standard input and output, or those of a child process.
 * @param onerror told of every refusal and every error.
 * @throws ConfigurationError (as a rejection) for a mistake in the options.
 */
export async function secureStreams(
  wire: StreamPair,
  options: SecureStreamsOptions,
  onerror: (error: Error) => void = () => undefined,
): Promise<SecuredStreams> {
  const input = new PassThrough();
  const output = new PassThrough();
  const isServer = options.role === 'server';
  const outer = wireEnd(wire.input, wire.output, options.maxLineBytes);
  const inner = plainEnd(output, input, { maxLineBytes: options.maxLineBytes });
  const secured = decorate(outer, options.role, options, isServer ? SERVER_CARRIERS : CLIENT_CARRIERS);
  outer.pace = () => secured.idle();
  const joining = bridge(isServer ? secured : inner, isServer ? inner : secured, {
    onerror,
    flow: isServer ? { a: outer, b: inner } : { a: inner, b: outer },
  });
  let open = 2;
  const half = (end: () => void): void => {
    joining
      .then(async (joined) => {
        await secured.answered();
        await joined.idle();
        end();
        open -= 1;
        if (open === 0) await joined.close();
      })
      .catch(onerror);
  };
  outer.onend = () => half(() => input.end());
  inner.onend = () => half(() => wire.output.end());
  const joined = await joining;
  void joined.closed.then(() => {
    input.end();
    output.destroy();
  });
  return {
    input,
    output,
    get peer() {
      return secured.peer;
    },
    get securityState() {
      return secured.securityState;
    },
    closed: joined.closed,
    idle: async () => {
      await secured.answered();
      await joined.idle();
    },
    close: () => joined.close(),
  };
}
