import { McpsError } from '../errors/index.js';
import { MAX_CHAIN_DEPTH } from '../passport/limits.js';
import type { IssuingRight, Passport } from '../passport/types.js';

/** What of published 1.0 chains is accepted although it is less than this project asks for. */
export interface ChainCompatibility {
  /**
   * Accept issuing passports that carry no right to issue, and that need not be named by what they issue. They can then issue any depth of
   * passports that exceed neither their own level nor their own capabilities nor their expiry: every holder of a passport becomes an issuer.
   * Default false.
   */
  readonly issuingRightOptional?: boolean;
}

/** The entry in a right's capabilities that stands for any capability. Among an agent's own capabilities it is a string like any other. */
export const ANY_CAPABILITY = '*';

/** Whether every one of `capabilities` may be given by who may give `allowed`. Strings are compared exactly. */
export function isWithinCapabilities(capabilities: readonly string[], allowed: readonly string[]): boolean {
  if (allowed.includes(ANY_CAPABILITY)) return true;
  return capabilities.every((capability) => allowed.includes(capability));
}

/**
 * The right by which a passport issues: the one it carries or, where compatibility allows, one that follows from its own level and capabilities.
 *
 * Throws `McpsError` `issuing_not_permitted` where there is none.
 */
export function issuingRightOf(passport: Passport, compatibility: ChainCompatibility): IssuingRight {
  const right = passport.ext?.issuing;
  if (right !== undefined) return right;
  if (compatibility.issuingRightOptional !== true) throw new McpsError('issuing_not_permitted');
  // What an agent calls "*" among its own capabilities is no right to hand out any.
  const capabilities = passport.agent.capabilities.filter((capability) => capability !== ANY_CAPABILITY);
  return { depth: MAX_CHAIN_DEPTH - 1, level: passport.trust_level, capabilities };
}
