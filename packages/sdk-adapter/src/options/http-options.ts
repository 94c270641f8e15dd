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
  maxSessions: true,
  sessionIdleMs: true,
};

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
