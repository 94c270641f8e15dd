import { jsonRpcCodeOf } from '@mcps/protocol';
import type { ErrorCode } from '@mcps/protocol';

/** An MCPS error as results carry it. */
export interface McpsErrorCode {
  /** `MCPS-001` to `MCPS-015`. */
  readonly code: ErrorCode;
  /** A fixed text. */
  readonly message: string;
  /** -33001 to -33015. */
  readonly jsonrpc_code: number;
}

function entry(code: ErrorCode, message: string): McpsErrorCode {
  return Object.freeze({ code, message, jsonrpc_code: jsonRpcCodeOf(code) });
}

/** The MCPS errors by their published names. A result's `error` is one of these very objects. */
export const ERROR_CODES = Object.freeze({
  INVALID_PASSPORT: entry('MCPS-001', 'Invalid passport format'),
  PASSPORT_EXPIRED: entry('MCPS-002', 'Passport expired'),
  PASSPORT_REVOKED: entry('MCPS-003', 'Passport revoked'),
  INVALID_SIGNATURE: entry('MCPS-004', 'Invalid message signature'),
  REPLAY_ATTACK: entry('MCPS-005', 'Replay attack detected'),
  TIMESTAMP_OUT_OF_WINDOW: entry('MCPS-006', 'Timestamp out of window'),
  AUTHORITY_UNREACHABLE: entry('MCPS-007', 'Trust authority unreachable'),
  TOOL_INTEGRITY_FAILED: entry('MCPS-008', 'Tool signature mismatch'),
  INSUFFICIENT_TRUST: entry('MCPS-009', 'Insufficient trust level'),
  RATE_LIMITED: entry('MCPS-010', 'Rate limit exceeded'),
  ORIGIN_MISMATCH: entry('MCPS-011', 'Origin mismatch'),
  CAPABILITY_MISMATCH: entry('MCPS-012', 'Transcript binding verification failed'),
  PASSPORT_TOO_LARGE: entry('MCPS-013', 'Passport exceeds maximum size'),
  CHAIN_TOO_DEEP: entry('MCPS-014', 'Issuer chain exceeds maximum depth'),
  VERSION_MISMATCH: entry('MCPS-015', 'No mutually supported MCPS version'),
});

const BY_CODE: ReadonlyMap<ErrorCode, McpsErrorCode> = new Map(
  Object.values(ERROR_CODES).map((error) => [error.code, error]),
);

/** The published error of an MCPS code. */
export function errorOf(code: ErrorCode): McpsErrorCode {
  const error = BY_CODE.get(code);
  if (error === undefined) throw new TypeError('Every MCPS code has its published name');
  return error;
}
