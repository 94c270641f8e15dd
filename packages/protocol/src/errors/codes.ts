/**
 * The registry of MCPS error codes. Each maps one to one to a JSON-RPC error code outside every range that JSON-RPC 2.0 and the Model Context
 * Protocol reserve. Titles are fixed texts: nothing about a particular message ever goes into them.
 */
export const ERROR_CODES = {
  'MCPS-001': { jsonRpcCode: -33001, title: 'Invalid passport' },
  'MCPS-002': { jsonRpcCode: -33002, title: 'Passport expired' },
  'MCPS-003': { jsonRpcCode: -33003, title: 'Passport revoked' },
  'MCPS-004': { jsonRpcCode: -33004, title: 'No acceptable message signature' },
  'MCPS-005': { jsonRpcCode: -33005, title: 'Replay detected' },
  'MCPS-006': { jsonRpcCode: -33006, title: 'Timestamp outside the window' },
  'MCPS-007': { jsonRpcCode: -33007, title: 'Revocation status unavailable' },
  'MCPS-008': { jsonRpcCode: -33008, title: 'Tool signature mismatch' },
  'MCPS-009': { jsonRpcCode: -33009, title: 'Insufficient trust level' },
  'MCPS-010': { jsonRpcCode: -33010, title: 'Rate limit exceeded' },
  'MCPS-011': { jsonRpcCode: -33011, title: 'Origin or audience mismatch' },
  'MCPS-012': { jsonRpcCode: -33012, title: 'Transcript or reply binding failed' },
  'MCPS-013': { jsonRpcCode: -33013, title: 'Passport exceeds the maximum size' },
  'MCPS-014': { jsonRpcCode: -33014, title: 'Issuer chain exceeds the maximum depth' },
  'MCPS-015': { jsonRpcCode: -33015, title: 'No mutually supported MCPS version' },
} as const;

/** An MCPS error code, `MCPS-001` to `MCPS-015`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The JSON-RPC error code of an MCPS code, -33001 to -33015. */
export function jsonRpcCodeOf(code: ErrorCode): number {
  return ERROR_CODES[code].jsonRpcCode;
}

/** The MCPS code of a JSON-RPC error code, or `undefined` where the number is none of ours. */
export function errorCodeOf(jsonRpcCode: number): ErrorCode | undefined {
  return BY_NUMBER.get(jsonRpcCode);
}

const BY_NUMBER: ReadonlyMap<number, ErrorCode> = new Map(
  (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => [ERROR_CODES[code].jsonRpcCode, code]),
);
