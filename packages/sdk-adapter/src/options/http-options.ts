import { ConfigurationError } from '@mcps/protocol';

/** What is said of HTTP by whoever secures it below the SDK. */
export interface HttpOptions {
  /** The most bytes of a body, or of one event of a stream, that the peer may send. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Is told of every refusal and fault that no answer tells the application of. What it throws changes nothing. */
  readonly onError?: (error: Error) => void;
}

/** What `secureHandler` is told beside. */
export interface HandlerOptions extends HttpOptions {
  /**
   * What becomes of a body that holds several messages (revision 2025-03-26 only). `refuse`, the default, answers it with an error; `verify` opens and answers
   * each message for itself.
   */
  readonly batches?: 'refuse' | 'verify';
  /** The most messages of one body. Default 50. */
  readonly maxBatchMessages?: number;
  /**
   * The URL that clients are configured with, behind a proxy that rewrites paths: its path is what they sign where a request has no body. The query stays that of the request.
   * Default: that of the request.
   */
  readonly publicUrl?: string;
  /** The most sessions kept at a time. Default 10,000. */
  readonly maxSessions?: number;
  /** How long a session without any request or open stream is kept, milliseconds. Default 1,800,000. */
  readonly sessionIdleMs?: number;
}

/** The names of {@link HandlerOptions}, which are no options of a connection. */
export const HTTP_OPTIONS: Readonly<Record<keyof HandlerOptions, true>> = {
  maxBodyBytes: true,
  onError: true,
  batches: true,
  maxBatchMessages: true,
  publicUrl: true,
  maxSessions: true,
  sessionIdleMs: true,
};

/**
 * The path that clients sign, in the form of the WHATWG URL standard.
 *
 * @throws ConfigurationError `option_invalid` for anything but the whole URL of an endpoint, without a query: that is signed as it comes.
 */
export function publicPathOf(publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return undefined;
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  // As a text, since an empty query leaves no trace in the parsed form.
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[?#]/.test(publicUrl))
    throw new ConfigurationError('option_invalid', 'publicUrl must be an http(s) URL without query and fragment.');
  return url.pathname;
}

/** @throws ConfigurationError `option_invalid` for anything but the two. */
export function batchPolicy(value: HandlerOptions['batches'] = 'refuse'): 'refuse' | 'verify' {
  const policy: string = value;
  if (policy === 'refuse' || policy === 'verify') return policy;
  throw new ConfigurationError('option_invalid', "batches must be 'refuse' or 'verify'.");
}

/**
 * An option that counts something.
 *
 * @throws ConfigurationError `option_invalid` for anything but a positive integer.
 */
export function positiveOption(name: string, value: number | undefined, fallback: number): number {
  const number = value ?? fallback;
  if (!Number.isSafeInteger(number) || number < 1)
    throw new ConfigurationError('option_invalid', `${name} must be a positive integer.`);
  return number;
}
