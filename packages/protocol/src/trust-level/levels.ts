/** The trust levels by name: how far a peer can be trusted, from plain MCP to a manual audit. */
export const TRUST_LEVELS = { unsigned: 0, identified: 1, verified: 2, scanned: 3, audited: 4 } as const;

/** 0 unsigned, 1 identified, 2 verified, 3 scanned, 4 audited. */
export type TrustLevel = (typeof TRUST_LEVELS)[keyof typeof TRUST_LEVELS];

/** Whether a value is one of the integers 0 to 4. */
export function isTrustLevel(value: unknown): value is TrustLevel {
  return value === 0 || value === 1 || value === 2 || value === 3 || value === 4;
}

/** The least of several levels; 0 for none at all. */
export function leastLevel(...levels: readonly TrustLevel[]): TrustLevel {
  let least: TrustLevel | undefined;
  for (const level of levels) {
    if (least === undefined || level < least) least = level;
  }
  return least ?? TRUST_LEVELS.unsigned;
}
