/**
 * What went wrong between us and an authority. None of these says anything about a passport.
 *
 * - `unreachable`: no connection, or it broke.
 * - `timed_out`: no complete answer in time.
 * - `redirected`: the authority pointed elsewhere. Authorities are configured, so nobody is followed.
 * - `too_large`: more bytes than the answer can have.
 * - `content_type`: another kind of answer than was asked for.
 * - `http_status`: the authority refused, or failed; `httpStatus` says how.
 * - `answer_malformed`: what came is not what the protocol has at this place.
 * - `overloaded`: too many requests are under way.
 * - `key_mismatch`: the authority's keys are not those that are configured or pinned.
 * - `state_unavailable`: what must be remembered cannot be read or written.
 */
export type TrustClientErrorCode =
  | 'unreachable'
  | 'timed_out'
  | 'redirected'
  | 'too_large'
  | 'content_type'
  | 'http_status'
  | 'answer_malformed'
  | 'overloaded'
  | 'key_mismatch'
  | 'state_unavailable';

export interface TrustClientErrorOptions extends ErrorOptions {
  readonly httpStatus?: number;
}

/** An authority could not be asked, or its answer is of no use. Callers branch on `code`. */
export class TrustClientError extends Error {
  override readonly name = 'TrustClientError';
  /** With `http_status`. */
  readonly httpStatus?: number;

  constructor(
    readonly code: TrustClientErrorCode,
    message: string,
    options: TrustClientErrorOptions = {},
  ) {
    super(message, options);
    if (options.httpStatus !== undefined) this.httpStatus = options.httpStatus;
  }
}
