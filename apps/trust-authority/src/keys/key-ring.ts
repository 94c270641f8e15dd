import type { PublicJwk } from '@mcps/crypto';
import type { KeySet, Passport } from '@mcps/protocol';
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
  /** From when on it signs: it is published earlier. */
  readonly signsFromMs: number;
  /** Absent: nothing has been decided to follow it. */
  readonly notAfterMs?: number;
}

/** How the keys were before a change. */
export interface KeysBefore {
  /** The status key that everybody who listens knows. */
  readonly status: SigningKey;
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
  /** The keys as the root vouches for them, for verifiers that follow changes. Absent where the root has not been at hand yet to sign one. */
  keySet(): KeySet | undefined;
  anchor(): AuthorityAnchor;
  /**
   * Makes a new key for a purpose. Status and evidence keys, and issuing keys below a new root, are published at once and sign later, once everybody can know
   * of them; an issuing key signs at once. The old one counts until all that it signed has expired. A new root brings a new issuing key; verifiers that have
   * configured the old one learn of the new one from key sets, which the old one goes on signing until its own time is over.
   *
   * With `isCompromised`, for status and evidence keys, the new one signs at once and nothing that the old one signed counts any more.
   *
   * Rejects with `CustodyError` `custody_key_missing` where the root, which has to sign the next key set, is offline; with `AuthorityError`
   * `request_invalid` for another key that is compromised, `store_unavailable` also where another replica was first.
   */
  rotate(purpose: 'root' | KeyPurpose, options?: { readonly isCompromised?: boolean }): Promise<PublishedKey>;
  /** Whether the key set is missing, says another era than the present one, or has but a third of its time left. */
  needsKeySet(): boolean;
  /** Signs the key set anew. Rejects as `rotate` does. */
  renewKeySet(): Promise<KeySet>;
  /** Reads again what other replicas may have changed. */
  refresh(): Promise<void>;
  /** Called after each change of the keys. Returns what ends it. */
  onChange(listener: (before: KeysBefore) => void): () => void;
}
