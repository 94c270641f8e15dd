import { canonicalize } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import { contentOf, signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import type { StatusList } from '../status-list/index.js';
import { listAfter } from './list-after.js';
import { readStatusListDelta } from './status-list-delta.js';
import type { StatusListDelta } from './status-list-delta.js';

const FORMAT: StatementFormat<StatusListDelta> = {
  what: 'The delta',
  context: 'status-list-delta',
  read: readStatusListDelta,
};

/**
 * Makes what leads from one list to a later one of the same issuer, and signs it under the context `status-list-delta` with one of the anchor's status keys.
 * Both lists as `signStatusList` has made them; the later one names a state of the log.
 *
 * Throws `ConfigurationError` `option_invalid` for lists that no delta joins.
 */
export async function signStatusListDelta(
  from: StatusList,
  to: StatusList,
  key: PrivateKey | Signer,
): Promise<StatusListDelta> {
  const known = new Set(from.revoked.map(({ passport_id: id }) => id));
  const { issuer, number, epoch, issued_at, next_update, revoked, tree_head, signature: list_signature } = to;
  const added = revoked.filter(({ passport_id: id }) => !known.has(id));
  const draft = { issuer, from_number: from.number, number, epoch, issued_at, next_update, added, list_signature };
  if (tree_head === undefined) throw unjoined('The later list names no state of the log.');
  const isJoined =
    from.issuer === issuer &&
    from.epoch <= epoch &&
    canonicalize(contentOf(listAfter(from, { ...draft, tree_head }))) === canonicalize(contentOf(to));
  if (!isJoined) throw unjoined('No delta leads from the one list to the other.');
  return runAsync(signStatement(FORMAT, { ...draft, tree_head }, key));
}

function unjoined(message: string): ConfigurationError {
  return new ConfigurationError('option_invalid', message);
}
