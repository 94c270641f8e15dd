import { isVerified } from '../verified/index.js';
import type { Verified } from '../verified/index.js';
import type { StatusFault } from './judge-answer.js';

/** What `checkStatus` has found out about a passport that is not known as revoked. */
export interface StatusFacts {
  /** The digest of the passport that was asked about. */
  readonly digest: string;
  /** Whether fresh answers said of the passport and of every issuer in its chain that it is good. */
  readonly fresh: boolean;
  /** Present where an answer that was too old has counted as fresh, for want of a newer one. */
  readonly isStale?: boolean;
  /** Why not; absent where `fresh`. */
  readonly reason?: StatusFault;
  /** When the answers were judged, milliseconds since the Unix epoch. */
  readonly checkedAtMs: number;
  /** Until when they count, milliseconds since the Unix epoch; equal to `checkedAtMs` unless `fresh`. */
  readonly freshUntilMs: number;
}

/** An outcome that `checkStatus` has returned. */
export type StatusOutcome = Verified<StatusFacts>;

/** Throws `TypeError` unless a value is an outcome that `checkStatus` returned, for the passport of that digest. */
export function assertStatusOutcome(value: unknown, digest: string): asserts value is StatusOutcome {
  if (!isVerified(value, 'status')) throw new TypeError('An outcome that checkStatus has returned is expected');
  if ((value as StatusOutcome).digest !== digest) throw new TypeError('The status is that of another passport');
}
