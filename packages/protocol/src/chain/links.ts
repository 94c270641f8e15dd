import type { TrustAnchor } from '../anchor/trust-anchor.js';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import { McpsError } from '../errors/index.js';
import { SELF_ISSUER, issuerOf } from '../passport/types.js';
import type { Passport } from '../passport/types.js';
import { decodeChain } from './decode.js';
import type { ChainCompatibility } from './issuing-right.js';

/** The way from a passport up to the anchor that its topmost issuer names. Nothing in it is verified. */
export interface IssuerPath {
  /** `undefined` where no configured anchor has the name that the topmost passport gives. */
  readonly anchor: TrustAnchor | undefined;
  /** The issuing passports, the direct issuer first. */
  readonly issuers: readonly Passport[];
}

/**
 * Follows the issuer names from a passport to an anchor, without any cryptography.
 *
 * The rule of names: a passport's `issuer` equals the `passport_id` of the passport that issued it, and the topmost passport's `issuer` equals the
 * anchor's issuer name. Passport ids are chosen by authorities and never used twice, so this names one passport and no other; an agent's name could be
 * shared by several, or with an anchor.
 *
 * Throws `McpsError`: `chain_malformed` for an entry that cannot be decoded, and where an anchor is named directly although there is a chain;
 * `chain_link_mismatch`.
 */
export function traceIssuers(passport: Passport, anchors: TrustAnchors, compatibility: ChainCompatibility): IssuerPath {
  const direct = anchors.get(issuerOf(passport));
  if (direct !== undefined) {
    // Nothing would ever verify those entries.
    if (passport.issuer_chain.length > 0) throw new McpsError('chain_malformed');
    return { anchor: direct, issuers: [] };
  }
  const issuers = decodeChain(passport);
  let child = passport;
  for (const parent of issuers) {
    checkName(child, parent, anchors, compatibility);
    child = parent;
  }
  return { anchor: anchors.get(issuerOf(child)), issuers };
}

function checkName(child: Passport, parent: Passport, anchors: TrustAnchors, compatibility: ChainCompatibility): void {
  const issuer = issuerOf(child);
  if (issuer === parent.passport_id) return;
  const published = compatibility.issuingRightOptional === true && parent.ext?.issuing === undefined;
  // An anchor's name, or "self", in the middle of a chain says that the passports above it are none of its issuers.
  if (!published || issuer === SELF_ISSUER || anchors.has(issuer)) throw new McpsError('chain_link_mismatch');
}
