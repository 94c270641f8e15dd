import type { PublicJwk } from '@mcps/crypto';
import type { Passport } from '@mcps/protocol';
import type { SigningKey } from '../custody/key-custody.js';

/** What a key is for, besides the root, which signs issuing passports and key sets. */
export const KEY_PURPOSES = ['passport', 'status', 'evidence'] as const;

export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** With what passports are issued: the issuing passport, signed by the root, and its key. */
export interface IssuingKey {
  readonly passport: Passport;
  readonly key: SigningKey;
  readonly chain: readonly Passport[];
}

/** What verifiers configure to trust this authority; the members are those of a trust anchor of `@mcps/protocol`. */
export interface AuthorityAnchor {
  readonly issuer: string;
  readonly keys: readonly PublicJwk[];
  readonly statusKeys: readonly PublicJwk[];
  readonly evidenceKeys: readonly PublicJwk[];
}

/** A key that counts, by its public half. */
export interface PublishedKey {
  readonly name: string;
  readonly purpose: 'root' | KeyPurpose;
  readonly jwk: PublicJwk;
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly notBeforeMs: number;
  /** Absent: it is the present one. */
  readonly notAfterMs?: number;
}

/** The keys of an authority: the present ones sign, and those before them count for a while. */
export interface KeyRing {
  /** The issuer name. */
  readonly issuer: string;
  issuing(): IssuingKey;
  /** Signs statuses, staples, lists, tree heads and events. */
  status(): SigningKey;
  /** Signs evidence. */
  evidence(): SigningKey;
  /** The issuing passports there have been, oldest first. */
  intermediates(): readonly Passport[];
  /** The keys that count at present, the root first. */
  published(): readonly PublishedKey[];
  anchor(): AuthorityAnchor;
  /**
   * Makes a new key for a purpose, which signs from now on; the old one counts until all that it signed has expired.
   *
   * Rejects with `CustodyError` `custody_key_missing` where the root is needed and offline.
   */
  rotate(purpose: KeyPurpose): Promise<PublishedKey>;
  /** Reads again what other replicas may have changed. */
  refresh(): Promise<void>;
  /** Called after each change of the present keys. Returns what ends it. */
  onChange(listener: () => void): () => void;
}
