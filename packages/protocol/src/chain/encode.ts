import { canonicalizeToBytes, encodeBase64 } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { asConfiguration } from '../passport/configuration-fault.js';
import { MAX_CHAIN_DEPTH } from '../passport/limits.js';
import { parsePassport } from '../passport/parse.js';
import type { Passport } from '../passport/types.js';

/**
 * Encodes issuing passports, the direct issuer first, as the `issuer_chain` of what they issue: standard base64 of the RFC 8785 form of each.
 *
 * Throws `ConfigurationError` `option_invalid` for more than five, for one that is malformed or not signed, and for one that carries a chain of its
 * own: an issuing passport is signed with an empty chain, since its signature covers that member, and its issuers travel beside it.
 */
export function encodeChain(issuers: readonly Passport[]): string[] {
  if (issuers.length > MAX_CHAIN_DEPTH) {
    throw new ConfigurationError('option_invalid', `An issuer chain has at most ${MAX_CHAIN_DEPTH} passports.`);
  }
  return issuers.map((issuer) => {
    const { passport } = asConfiguration('A passport of the issuer chain', () => parsePassport(issuer));
    if (passport.issuer_chain.length > 0 || passport.signature === undefined) {
      throw new ConfigurationError(
        'option_invalid',
        'A passport of an issuer chain must be signed and carry no chain of its own.',
      );
    }
    return encodeBase64(canonicalizeToBytes(passport));
  });
}
