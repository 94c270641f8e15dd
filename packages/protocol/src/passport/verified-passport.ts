import type { PublicKey } from '@mcps/crypto';
import type { TrustAnchor } from '../anchor/trust-anchor.js';
import type { EvidenceStanding } from '../evidence/assess.js';
import type { TrustLevel } from '../trust-level/levels.js';
import { isVerified } from '../verified/index.js';
import type { Verified } from '../verified/index.js';
import type { Passport } from './types.js';

/**
 * How far a passport's issuer is known. `anchored`: its chain has been verified up to a configured anchor. `self-signed`: its holder vouches for
 * itself, with or without a signature. `unknown-anchor`: it names an issuer that nobody configured, and nothing in it could be verified.
 */
export type Standing = 'anchored' | 'self-signed' | 'unknown-anchor';

/** One verified issuing passport between a passport and its anchor. */
export interface ChainElement {
  readonly passport: Passport;
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole issuing passport. */
  readonly digest: string;
}

/** What verification has found out about a passport. Only an `anchored` one's name, level and capabilities are more than its holder's own word. */
export interface PassportFacts {
  /** The passport, frozen in depth: exactly what was verified. */
  readonly passport: Passport;
  /** `passport_id`. */
  readonly id: string;
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole passport. */
  readonly digest: string;
  readonly publicKey: PublicKey;
  readonly standing: Standing;
  /** Present exactly where `standing` is `anchored`. */
  readonly anchor?: TrustAnchor;
  /** The verified issuers below the anchor, the direct one first; empty unless `standing` is `anchored`. */
  readonly chain: readonly ChainElement[];
  /** The least of the passport's claim and the anchor's ceiling; 0 unless anchored. The claim never exceeds any ancestor's. */
  readonly ceilingLevel: TrustLevel;
  /** The least of `ceilingLevel` and what evidence allowed when it was verified: what a fresh good status would raise it to. */
  readonly staticLevel: TrustLevel;
  /** The evidence that counts. */
  readonly evidence: EvidenceStanding;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
  /** When it was verified, milliseconds since the Unix epoch. */
  readonly verifiedAtMs: number;
  /** The anchor's issuer name, `/` and the passport id; else `self/` or `unknown/` and the key's thumbprint. Unique between anchors. */
  readonly identity: string;
}

/** A passport that `verifyPassport` has accepted. Check its validity again when using it later: see `checkPassportValidity`. */
export type VerifiedPassport = Verified<PassportFacts>;

/**
 * Throws `TypeError` unless a value is the very object that `verifyPassport` returned: an object that merely looks like one, or a copy, carries
 * levels that nobody verified.
 */
export function assertVerifiedPassport(value: unknown): asserts value is VerifiedPassport {
  if (!isVerified(value, 'passport')) throw new TypeError('A passport that verifyPassport has returned is expected');
}
