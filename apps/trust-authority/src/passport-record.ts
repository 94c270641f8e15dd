import type { Passport } from '@mcps/protocol';

/** Why a passport was revoked, out of a closed list. */
export const REVOCATION_REASONS = [
  'security_violation',
  'scan_failure',
  'key_compromise',
  'manual_revoke',
  'owner_request',
  'superseded',
] as const;

export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** That a passport was revoked. It never ceases to be. */
export interface Revocation {
  readonly passportId: string;
  readonly reason: RevocationReason;
  readonly revokedAtMs: number;
  /** Its place among all revocations of this authority. */
  readonly epoch: number;
  /** The log's leaf about it. */
  readonly leafIndex: number;
}

/** What the authority knows of a passport. */
export interface PassportRecord {
  readonly passport: Passport;
  readonly id: string;
  /** Lower-case hex SHA-256 of the whole passport's RFC 8785 form. */
  readonly digest: string;
  readonly status: 'VALID' | 'REVOKED' | 'EXPIRED';
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** RFC 7638 thumbprint of its key. */
  readonly keyThumbprint: string;
  readonly statusIndex?: number;
  /** The passport that this one replaces. */
  readonly supersedes?: string;
  readonly supersededBy?: string;
  /** When it will be revoked as superseded, if nothing else happens. */
  readonly supersededAtMs?: number;
  readonly revocation?: Revocation;
  /** The log's leaf about its issue. */
  readonly leafIndex: number;
}
