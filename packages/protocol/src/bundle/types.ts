import type { KeySet } from '../key-set/index.js';
import type { Passport } from '../passport/types.js';
import type { StatusList } from '../status-list/index.js';

/**
 * What a site without a connection needs of an authority: its keys, its list and, for convenience, passports. Exactly these members.
 *
 * Its signature vouches for the list until `expires_at`, also past the list's own `next_update`.
 */
export interface Bundle {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Grows with every bundle of this authority. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly created_at: string;
  /** From when on it no longer counts; RFC 3339, UTC. */
  readonly expires_at: string;
  readonly key_set: KeySet;
  /** At most 10,000, each as it is presented. */
  readonly passports: readonly Passport[];
  readonly list: StatusList;
  /** Standard base64 of the ES256 signature by a status key under the context `bundle` over the RFC 8785 form of all other members. */
  readonly signature: string;
}
