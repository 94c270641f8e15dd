import type { PartyOverrides } from '../../harness/parties.js';

/** More messages a second than anybody sends: what is fuzzed is not the limits. */
const PLENTY = { perSecond: 1_000_000, burst: 1_000_000 };

export const UNLIMITED = { rateLimit: PLENTY, connectionLimit: PLENTY } as const;

export const UNLIMITED_PARTIES: PartyOverrides = { client: UNLIMITED, server: UNLIMITED };
