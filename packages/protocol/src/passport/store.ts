import type { VerifiedPassport } from './verified-passport.js';

/**
 * What became of a passport that was handed to a store. `stored`: it can be found now. `known`: it had been handed over before. `not-kept`: it is not
 * anchored, and such passports are never kept: they cost nothing to make, so anybody could take the id of somebody else's agent first.
 */
export type PutOutcome = 'stored' | 'known' | 'not-kept';

/**
 * Where the verified passports of peers are kept, so that a message need name only an id. A passport's identity is its anchor and its id together.
 * Implementations hold nothing that has not been verified (`assertVerifiedPassport`); one that persists passports verifies them again after reading.
 */
export interface PassportStore {
  /**
   * The passport of that id; `undefined` where there is none, and where several anchors have issued one with that id, as the id alone cannot tell them
   * apart. It may have expired since: see `checkPassportValidity`.
   */
  get(passportId: string): Promise<VerifiedPassport | undefined>;
  /**
   * Keeps a passport. Rejects with `McpsError` `passport_id_conflict` where another passport has been kept under this anchor and id, which is never
   * overwritten, and `passport_store_full`; with `TypeError` for what `verifyPassport` did not return.
   */
  put(passport: VerifiedPassport): Promise<PutOutcome>;
}
