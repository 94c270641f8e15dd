import type { PublicJwk } from '@mcps/crypto';
import type { Evidence } from '../evidence/types.js';
import type { JsonObject } from '../json-rpc/index.js';
import type { TrustLevel } from '../trust-level/levels.js';

/** Whom a passport is about. */
export interface PassportAgent {
  readonly name: string;
  readonly version: string;
  /** At most 64 strings, compared exactly. */
  readonly capabilities: readonly string[];
}

/** The key that a passport's key replaces. */
export interface KeyRotation {
  /** SHA-256 of the replaced public key's SPKI PEM text, lower-case hex. */
  readonly previous_key_hash: string;
  /** RFC 3339, UTC. */
  readonly rotated_at: string;
}

/** The right to issue passports. A passport without it issues none. */
export interface IssuingRight {
  /** How many further issuing passports may follow below, 0 to 4: with 0 only passports that issue nothing themselves. */
  readonly depth: number;
  /** The highest trust level that may be given. */
  readonly level: TrustLevel;
  /** What may be given; the entry `*` stands for any capability. */
  readonly capabilities: readonly string[];
}

/** What this project adds to the published passport: exactly these members. */
export interface PassportExtension {
  readonly issuing?: IssuingRight;
  readonly evidence?: readonly Evidence[];
  /** The passport's place in its authority's status list. */
  readonly status_index?: number;
  /** The lowest MCPS version that the holder speaks: whoever offers less in its name is an impostor. */
  readonly min_version?: string;
}

/** A passport in its wire form, 1.0. The type says nothing of whether anything in it is true: see `verifyPassport`. */
export interface Passport {
  readonly mcps_version: '1.0';
  /** `asp_` and 32 lower-case hex characters, chosen by the issuer and never used again. */
  readonly passport_id: string;
  readonly agent: PassportAgent;
  /** The holder's P-256 key. Published writers can make passports without one (`null`); none of those verifies. */
  readonly public_key: PublicJwk | null;
  /** The origin (RFC 6454) that the passport is bound to, if any. */
  readonly origin: string | null;
  /** Scan results as published writers embed them. Nothing is concluded from them: levels 3 and 4 need signed {@link Evidence}. */
  readonly scan?: JsonObject | null;
  /** The issuer's claim, 0 to 4. */
  readonly trust_level: TrustLevel;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** RFC 3339, UTC; from this instant on the passport is expired. */
  readonly expires_at: string;
  /** The trust anchor's issuer name, the `passport_id` of the passport that issued this one, or `self` (as is an absent or null one). */
  readonly issuer?: string | null;
  /** Base64 of the JSON of the issuing passports, the direct issuer first; at most 5. */
  readonly issuer_chain: readonly string[];
  readonly key_rotation?: KeyRotation;
  readonly ext?: PassportExtension;
  /** Standard base64 of the issuer's 64-byte ES256 signature over the RFC 8785 form of all other members. */
  readonly signature?: string;
}

/** A passport that nobody has signed yet. */
export type UnsignedPassport = Omit<Passport, 'signature'>;

/** The issuer name of passports that their own holder vouches for. */
export const SELF_ISSUER = 'self';

/** The issuer that a passport names; `self` where it names none. */
export function issuerOf(passport: Pick<Passport, 'issuer'>): string {
  return passport.issuer ?? SELF_ISSUER;
}
