import type { PublicJwk } from '@mcps/crypto';

/** What a key signs: passports; statuses, staples, lists, tree heads and events; or evidence. */
export type KeyPurpose = 'passport' | 'status' | 'evidence';

/** A key of an authority, and its time. Exactly these members. */
export interface KeySetKey {
  readonly purpose: KeyPurpose;
  readonly jwk: PublicJwk;
  /** From when on it counts; RFC 3339, UTC. */
  readonly not_before: string;
  /** From when on it no longer counts; RFC 3339, UTC. */
  readonly not_after: string;
}

/**
 * The keys of an authority, vouched for by its root key: one that verifiers have configured as signing its passports. It lets them follow a change of the other
 * keys without being configured anew. Exactly these members.
 */
export interface KeySet {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Which life of the log is the present one, from 1 on: only the root key begins another. */
  readonly era: number;
  /** Grows with every key set of this authority. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** By when the next one is there and this one no longer counts; RFC 3339, UTC. */
  readonly next_update: string;
  /** 1 to 24, at most 8 of a purpose, none twice for one purpose. */
  readonly keys: readonly KeySetKey[];
  /** Standard base64 of the ES256 signature under the context `key-set` over the RFC 8785 form of all other members. */
  readonly signature: string;
}
