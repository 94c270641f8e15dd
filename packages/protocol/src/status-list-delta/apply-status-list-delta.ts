import { McpsError } from '../errors/index.js';
import { deepFreeze } from '../passport/parse.js';
import { runAsync } from '../procedure/index.js';
import type { VerifyStatementOptions } from '../statement/index.js';
import { MAX_REVOKED } from '../status-list/status-list.js';
import { verifyReadListSteps } from '../status-list/verify-status-list.js';
import type { VerifiedStatusList } from '../status-list/index.js';
import { isVerified } from '../verified/index.js';
import { listAfter } from './list-after.js';
import type { VerifiedStatusListDelta } from './verify-status-list-delta.js';

/**
 * Applies a delta to exactly the list that it was made from.
 *
 * On return the later list is complete, and verified by its own signature as `verifyStatusList` does: it is the list that the authority publishes under that
 * number.
 *
 * Throws `McpsError`: `status_gap` where the delta leads on from another list, so that the whole list has to be fetched; `status_invalid` where what comes
 * out is not the list that was signed; `status_stale`. `TypeError` for anything but what verification returned.
 */
export async function applyStatusListDelta(
  from: VerifiedStatusList,
  delta: VerifiedStatusListDelta,
  options: VerifyStatementOptions,
): Promise<VerifiedStatusList> {
  if (!isVerified(from, 'status-list') || !isVerified(delta, 'status-list-delta')) {
    throw new TypeError('A list and a delta that verification has returned are expected');
  }
  const leadsOn = delta.authority === from.authority && delta.delta.from_number === from.list.number;
  if (!leadsOn) throw new McpsError('status_gap');
  const list = listAfter(from.list, delta.delta);
  const ids = new Set(list.revoked.map(({ passport_id: id }) => id));
  const isReadable = list.revoked.length <= MAX_REVOKED && ids.size === list.revoked.length;
  if (!isReadable) throw new McpsError('status_invalid');
  return runAsync(verifyReadListSteps(deepFreeze(list), options));
}
