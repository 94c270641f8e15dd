import { decodeBase64 } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { parsePassport } from '../passport/parse.js';
import type { Passport } from '../passport/types.js';

/**
 * Decodes a passport's `issuer_chain`, the direct issuer first. Every entry is canonical standard base64 of the JSON of a well-formed, signed
 * passport that carries no chain of its own, and no two passports, the given one included, share an id. Nothing is verified.
 *
 * Throws `McpsError` `chain_malformed`.
 */
export function decodeChain(passport: Passport): Passport[] {
  const ids = new Set([passport.passport_id]);
  return passport.issuer_chain.map((entry) => {
    const issuer = decodeEntry(entry);
    if (issuer.issuer_chain.length > 0 || issuer.signature === undefined) throw new McpsError('chain_malformed');
    if (ids.has(issuer.passport_id)) throw new McpsError('chain_malformed');
    ids.add(issuer.passport_id);
    return issuer;
  });
}

function decodeEntry(entry: string): Passport {
  try {
    return parsePassport(decodeBase64(entry)).passport;
  } catch (error) {
    throw new McpsError('chain_malformed', {}, { cause: error });
  }
}
