import type { PublicJwk, PublicKey } from '@mcps/crypto';
import type { TrustLevel } from '../trust-level/levels.js';

/** The most that an anchor is believed, whatever it and its passports claim. */
export interface AnchorCeiling {
  /** Passports below this anchor count for at most this level, and evidence of this issuer only up to it. Default 4. */
  readonly level?: TrustLevel;
  /** Passports with any other capability are refused; the entry `*` stands for any. Default: any. */
  readonly capabilities?: readonly string[];
}

/** An authority that the verifier has decided to believe. */
export interface TrustAnchor {
  /** The name that passports give as their `issuer`, compared exactly. */
  readonly issuer: string;
  /** The keys that sign its passports; several while one replaces another. */
  readonly keys: readonly PublicKey[];
  readonly ceiling: Readonly<{ level: TrustLevel; capabilities: readonly string[] }>;
  /** The keys that sign status lists and answers. */
  readonly statusKeys: readonly PublicKey[];
  /** The keys that sign evidence. */
  readonly evidenceKeys: readonly PublicKey[];
}

/** A public key in any form that can be configured: a JWK, SPKI PEM, SPKI DER, or an imported key. */
export type AnchorKey = PublicKey | PublicJwk | string | Uint8Array;

/** How an anchor is configured. */
export interface TrustAnchorOptions {
  readonly issuer: string;
  /** At least one, at most 8. */
  readonly keys: readonly AnchorKey[];
  readonly ceiling?: AnchorCeiling;
  /** Default: `keys`. */
  readonly statusKeys?: readonly AnchorKey[];
  /** Default: `keys`. */
  readonly evidenceKeys?: readonly AnchorKey[];
}
