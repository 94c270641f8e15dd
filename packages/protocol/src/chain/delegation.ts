import { McpsError } from '../errors/index.js';
import type { IssuingRight, Passport } from '../passport/types.js';
import { parseTimestamp } from '../time/index.js';
import { isWithinCapabilities, issuingRightOf } from './issuing-right.js';
import type { ChainCompatibility } from './issuing-right.js';

/**
 * Checks what each passport of a chain was allowed to issue, from the topmost issuer down. For every link of parent and child:
 *
 * 1. the parent has the right to issue;
 * 2. where the child may issue too, or has issued, depth is left for it: less than the parent's;
 * 3. the child's level is at most the parent's own and the one it may give, and the child may give no higher one than the parent may;
 * 4. the child's capabilities, and those it may give, are among those the parent may give;
 * 5. the child expires no later than the parent.
 *
 * As each step only narrows, no passport exceeds any of its ancestors. No signature is looked at.
 *
 * @param passport the passport at the end of the chain
 * @param issuers its issuers, the direct one first
 *
 * Throws `McpsError`: `issuing_not_permitted`, `issuing_depth_exceeded`, `issuing_level_exceeded`, `issuing_capabilities_exceeded`,
 * `issuing_expiry_exceeded`.
 */
export function checkDelegation(
  passport: Passport,
  issuers: readonly Passport[],
  compatibility: ChainCompatibility = {},
): void {
  const topDown = [...issuers].reverse();
  const last = topDown.length - 1;
  let remainingDepth: number | undefined;
  topDown.forEach((parent, index) => {
    const right = issuingRightOf(parent, compatibility);
    // Without a right of its own, a published issuer has what is left of its ancestors'.
    remainingDepth = remainingDepth === undefined ? right.depth : Math.min(right.depth, remainingDepth - 1);
    const child = topDown[index + 1] ?? passport;
    checkLink(parent, { ...right, depth: remainingDepth }, child, index < last);
  });
}

function checkLink(parent: Passport, right: IssuingRight, child: Passport, childHasIssued: boolean): void {
  const given = child.ext?.issuing;
  if ((childHasIssued && right.depth < 1) || (given !== undefined && given.depth >= right.depth)) {
    throw new McpsError('issuing_depth_exceeded');
  }
  const level = Math.min(right.level, parent.trust_level);
  if (child.trust_level > level || (given !== undefined && given.level > right.level)) {
    throw new McpsError('issuing_level_exceeded');
  }
  const capabilities = [...child.agent.capabilities, ...(given?.capabilities ?? [])];
  if (!isWithinCapabilities(capabilities, right.capabilities)) throw new McpsError('issuing_capabilities_exceeded');
  if (parseTimestamp(child.expires_at) > parseTimestamp(parent.expires_at)) {
    throw new McpsError('issuing_expiry_exceeded');
  }
}
