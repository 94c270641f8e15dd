import { signKeySet } from '@mcps/protocol';
import type { KeySet } from '@mcps/protocol';
import type { SigningKey } from '../custody/key-custody.js';
import type { KeyRecord } from './key-records.js';

export interface MakeKeySetOptions {
  /** The issuer name. */
  readonly issuer: string;
  readonly era: number;
  readonly records: readonly KeyRecord[];
  /** The number of the key set before, 0 of none. */
  readonly previousNumber: number;
  readonly ttlSeconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** Signs: a root key that verifiers have configured. */
  readonly rootKey: SigningKey;
}

/** As many as verifiers take of one purpose. */
const MAX_KEYS_OF_A_PURPOSE = 8;
/** Verifiers' clocks may be behind. */
const CLOCK_TOLERANCE_MS = 300_000;

/**
 * Signs the keys that count at present as a key set. Its number is an instant where that is higher than the one before: a database that was restored
 * from a backup cannot repeat one.
 */
export function makeKeySet(options: MakeKeySetOptions): Promise<KeySet> {
  const { issuer, era, records, previousNumber, ttlSeconds, nowMs, rootKey } = options;
  const nextUpdateMs = nowMs + ttlSeconds * 1000;
  const keysOf = (recorded: KeyRecord['purpose'], purpose: 'passport' | 'status' | 'evidence') =>
    countingOf(records, recorded, nowMs).map(({ jwk, notBeforeMs, notAfterMs }) => ({
      purpose,
      jwk,
      notBeforeMs: notBeforeMs - CLOCK_TOLERANCE_MS,
      notAfterMs: notAfterMs ?? nextUpdateMs,
    }));
  return signKeySet(
    {
      authority: issuer,
      era,
      number: Math.max(previousNumber + 1, nowMs),
      // Issuing keys come with their passports: it is the roots that verifiers have to know.
      keys: [...keysOf('root', 'passport'), ...keysOf('status', 'status'), ...keysOf('evidence', 'evidence')],
      ttlSeconds,
      issuedAtMs: nowMs,
    },
    rootKey,
  );
}

/** The keys of a purpose that count, the newest first, and as many as verifiers take. */
export function countingOf(
  records: readonly KeyRecord[],
  purpose: KeyRecord['purpose'],
  nowMs: number,
): readonly KeyRecord[] {
  return records
    .filter((record) => record.purpose === purpose && (record.notAfterMs === undefined || nowMs < record.notAfterMs))
    .sort((a, b) => b.generation - a.generation)
    .slice(0, MAX_KEYS_OF_A_PURPOSE);
}
