import { ERROR_CODES, McpsError } from '@mcps/protocol';
import type { ErrorCode } from '@mcps/protocol';
import { CustodyError } from '../custody/custody-error.js';
import { AuthorityError } from '../error.js';
import type { AuthorityErrorCode } from '../error.js';

/** What the HTTP layer itself refuses, out of a closed list. */
export const HTTP_PROBLEMS = {
  not_found: { status: 404, title: 'No such resource' },
  method_not_allowed: { status: 405, title: 'The resource does not have this method' },
  body_malformed: { status: 400, title: 'The body is not the JSON that it should be' },
  body_too_large: { status: 413, title: 'The body is too large' },
  media_type_unsupported: { status: 415, title: 'The body is not declared as JSON' },
  token_missing: { status: 401, title: 'A token is needed' },
  token_invalid: { status: 401, title: 'The token is not valid' },
  scope_missing: { status: 403, title: 'The token does not have the scope for this' },
  rate_limited: { status: 429, title: 'Too many requests', mcps: 'MCPS-010' },
  too_many_listeners: { status: 503, title: 'Too many listen to events already' },
  webhook_unknown: { status: 404, title: 'No such webhook' },
  webhook_refused: { status: 422, title: 'Nothing can be delivered to that URL' },
  webhook_limit: { status: 409, title: 'There are as many webhooks as there may be' },
  token_unknown: { status: 404, title: 'No such token' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const satisfies Readonly<Record<string, ProblemKind>>;

/** How each code of the authority is answered. */
const AUTHORITY_PROBLEMS: Readonly<Record<AuthorityErrorCode, ProblemKind>> = {
  request_invalid: { status: 400, title: 'The request is not valid' },
  challenge_invalid: { status: 400, title: 'The challenge is none that this authority accepts' },
  challenge_used: { status: 409, title: 'The challenge has been used' },
  proof_invalid: { status: 403, title: 'The proof does not show possession of the key' },
  policy_refused: { status: 403, title: 'The policy does not allow this' },
  right_exceeded: { status: 403, title: 'This exceeds the right of the issuer', mcps: 'MCPS-001' },
  passport_unknown: { status: 404, title: 'No such passport', mcps: 'MCPS-001' },
  passport_revoked: { status: 409, title: 'The passport is revoked', mcps: 'MCPS-003' },
  passport_expired: { status: 409, title: 'The passport has expired', mcps: 'MCPS-002' },
  passport_superseded: { status: 409, title: 'The passport has a successor' },
  passport_conflict: { status: 409, title: 'Another passport is known under that id', mcps: 'MCPS-001' },
  rotation_invalid: { status: 403, title: 'The rotation is not signed as it should be', mcps: 'MCPS-001' },
  evidence_invalid: { status: 400, title: 'The report cannot be used' },
  evidence_negative: { status: 422, title: 'The report speaks against the agent' },
  log_range: { status: 404, title: 'The log does not reach there' },
  list_gone: { status: 410, title: 'There is no difference from that list: fetch the whole one' },
  key_set_missing: { status: 404, title: 'The root key has not signed a key set yet' },
  busy: { status: 503, title: 'Too much is waiting', retryAfterSeconds: 1 },
  store_unavailable: { status: 503, title: 'The database does not answer', mcps: 'MCPS-007', retryAfterSeconds: 2 },
  signer_unavailable: { status: 503, title: 'A key cannot be used', mcps: 'MCPS-007', retryAfterSeconds: 2 },
  state_rolled_back: { status: 503, title: 'The database is older than what has been said', mcps: 'MCPS-007' },
  witness_unavailable: { status: 503, title: 'What has been said cannot be witnessed', mcps: 'MCPS-007' },
  closed: { status: 503, title: 'The authority is stopping', retryAfterSeconds: 2 },
};

interface ProblemKind {
  readonly status: number;
  /** The same for every occurrence. */
  readonly title: string;
  readonly mcps?: ErrorCode;
  readonly retryAfterSeconds?: number;
}

export type HttpProblemCode = keyof typeof HTTP_PROBLEMS;
export type ProblemCode = HttpProblemCode | AuthorityErrorCode;

/** Every code that an answer can carry. */
export const PROBLEM_CODES = [...Object.keys(HTTP_PROBLEMS), ...Object.keys(AUTHORITY_PROBLEMS)] as [
  ProblemCode,
  ...ProblemCode[],
];

/** A refusal by the HTTP layer. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: HttpProblemCode;
  readonly member?: string;
  readonly retryAfterSeconds?: number;

  constructor(
    code: HttpProblemCode,
    /** For whoever sent the request. Never quotes it. */
    detail: string = HTTP_PROBLEMS[code].title,
    more: { readonly member?: string; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.code = code;
    if (more.member !== undefined) this.member = more.member;
    if (more.retryAfterSeconds !== undefined) this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** The body of an answer that refuses: problem details (RFC 9457), with a code for programs. */
export interface ProblemBody {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly mcps?: ErrorCode;
  readonly reason?: string;
  readonly member?: string;
  readonly successor_id?: string;
  readonly request_id: string;
}

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
  /** Whether this is a fault of ours, for somebody to look at. */
  readonly isFault: boolean;
}

/** What an error is answered with. Of what nobody expected, nothing is told. */
export function problemOf(error: unknown, requestId: string): Problem {
  const { code, kind, detail, extra, isFault } = classify(error);
  const retryAfterSeconds = error instanceof HttpProblem ? error.retryAfterSeconds : kind.retryAfterSeconds;
  return {
    status: kind.status,
    headers: {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(kind.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      type: 'about:blank',
      title: kind.title,
      status: kind.status,
      detail,
      code,
      ...(kind.mcps === undefined ? {} : { mcps: kind.mcps }),
      ...extra,
      request_id: requestId,
    },
    isFault,
  };
}

interface Classified {
  readonly code: ProblemCode;
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly extra: Partial<ProblemBody>;
  readonly isFault: boolean;
}

function classify(error: unknown): Classified {
  if (error instanceof HttpProblem) {
    const extra = error.member === undefined ? {} : { member: error.member };
    return { code: error.code, kind: HTTP_PROBLEMS[error.code], detail: error.message, extra, isFault: false };
  }
  if (error instanceof AuthorityError) return classifyAuthorityError(error);
  // The services give a code of their own to what a request can cause. What comes through all the same is told by its public names.
  if (error instanceof McpsError) {
    const kind = { ...AUTHORITY_PROBLEMS.request_invalid, mcps: error.code };
    const detail = ERROR_CODES[error.code].title;
    return { code: 'request_invalid', kind, detail, extra: { reason: error.reason }, isFault: false };
  }
  if (error instanceof CustodyError) {
    const kind = AUTHORITY_PROBLEMS.signer_unavailable;
    return { code: 'signer_unavailable', kind, detail: kind.title, extra: {}, isFault: true };
  }
  const kind = HTTP_PROBLEMS.internal;
  return { code: 'internal', kind, detail: kind.title, extra: {}, isFault: true };
}

function classifyAuthorityError(error: AuthorityError): Classified {
  const kind = AUTHORITY_PROBLEMS[error.code];
  const cause = error.cause instanceof McpsError ? error.cause : undefined;
  return {
    code: error.code,
    kind: cause === undefined ? kind : { ...kind, mcps: cause.code },
    detail: error.message,
    extra: {
      ...(cause === undefined ? {} : { reason: cause.reason }),
      ...(error.member === undefined ? {} : { member: error.member }),
      ...(error.successorId === undefined ? {} : { successor_id: error.successorId }),
    },
    isFault: kind.status >= 500 && error.code !== 'busy' && error.code !== 'closed',
  };
}

/** The status that a code is answered with. */
export function problemStatus(code: ProblemCode): number {
  return code in HTTP_PROBLEMS
    ? HTTP_PROBLEMS[code as HttpProblemCode].status
    : AUTHORITY_PROBLEMS[code as AuthorityErrorCode].status;
}
