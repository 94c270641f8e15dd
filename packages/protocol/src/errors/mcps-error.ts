import { ERROR_CODES, errorCodeOf } from './codes.js';
import type { ErrorCode } from './codes.js';
import { REASONS, isReason } from './reasons.js';
import type { Reason, Stage } from './reasons.js';

/** What a refusal may tell its peer beside code and reason, and when. */
export interface RefusalDetails {
  /** The refusing side's clock, milliseconds since the Unix epoch; with MCPS-006 only. */
  readonly serverTime?: number;
  /** When it is worth trying again, milliseconds from now; with MCPS-010 only. */
  readonly retryAfterMs?: number;
  /** The versions that the refusing side speaks; with MCPS-015 only. */
  readonly versions?: readonly string[];
  /** The least level that the refusing side accepts; with MCPS-009, to an authenticated peer only. */
  readonly minTrustLevel?: number;
}

/** A refusal by a rule of MCPS. Callers branch on `code` and `reason`; `message` is a fixed text that carries nothing from the wire. */
export class McpsError extends Error {
  override readonly name = 'McpsError';
  /** `MCPS-001` to `MCPS-015`. */
  readonly code: ErrorCode;
  /** Which check failed, out of the closed list. */
  readonly reason: Reason;
  /** Where that check stands in the normative order. */
  readonly stage: Stage;
  /** What the peer may be told beside code and reason. */
  readonly details: RefusalDetails;

  constructor(reason: Reason, details: RefusalDetails = {}, options?: ErrorOptions) {
    const { code, stage } = REASONS[reason];
    super(`${code} ${ERROR_CODES[code].title} (${reason})`, options);
    this.code = code;
    this.reason = reason;
    this.stage = stage;
    this.details = details;
  }

  /** The JSON-RPC error code, -33001 to -33015. */
  get jsonRpcCode(): number {
    return ERROR_CODES[this.code].jsonRpcCode;
  }
}

/** The `error` member of a JSON-RPC response that carries a refusal. */
export interface RefusalObject {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: ErrorCode; readonly reason: Reason } & RefusalDetails;
}

/** Shapes a refusal for the wire: code, title, reason and the details that this code may disclose. */
export function toRefusalObject(error: McpsError): RefusalObject {
  const { serverTime, retryAfterMs, versions, minTrustLevel } = error.details;
  const disclosed: RefusalDetails = {
    ...(error.code === 'MCPS-006' && serverTime !== undefined ? { serverTime } : {}),
    ...(error.code === 'MCPS-010' && retryAfterMs !== undefined ? { retryAfterMs } : {}),
    ...(error.code === 'MCPS-015' && versions !== undefined ? { versions } : {}),
    ...(error.code === 'MCPS-009' && minTrustLevel !== undefined ? { minTrustLevel } : {}),
  };
  return {
    code: error.jsonRpcCode,
    message: ERROR_CODES[error.code].title,
    data: { code: error.code, reason: error.reason, ...disclosed },
  };
}

/**
 * Reads the code and reason out of an `error` member from a peer. Returns `undefined` where it is no refusal of ours, or where its number,
 * code and reason do not belong together. Nothing is verified by this: ask only of messages whose signature has been verified.
 */
export function readRefusal(error: unknown): { readonly code: ErrorCode; readonly reason: Reason } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, data } = error as { code?: unknown; data?: unknown };
  if (typeof code !== 'number' || typeof data !== 'object' || data === null) return undefined;
  const reason = (data as { reason?: unknown }).reason;
  const known = errorCodeOf(code);
  if (known === undefined || !isReason(reason) || REASONS[reason].code !== known) return undefined;
  if ((data as { code?: unknown }).code !== known) return undefined;
  return { code: known, reason };
}
