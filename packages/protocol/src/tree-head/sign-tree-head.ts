import type { PrivateKey, Signer } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { TreeHeadReference } from './reference.js';
import { readTreeHead } from './tree-head.js';
import type { TreeHead } from './tree-head.js';

export interface SignTreeHeadOptions {
  /** The anchor's issuer name. */
  readonly authority: string;
  readonly era: number;
  readonly epoch: number;
  readonly treeHead: TreeHeadReference;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly timestampMs?: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<TreeHead> = { what: 'The tree head', context: 'tree-head', read: readTreeHead };

/**
 * Signs the state of a log under the context `tree-head` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signTreeHead(options: SignTreeHeadOptions, key: PrivateKey | Signer): Promise<TreeHead> {
  const { authority, era, epoch, treeHead, clock = systemClock, timestampMs = clock() } = options;
  const { tree_size, root_hash } = treeHead;
  const draft = { authority, era, epoch, tree_size, root_hash, timestamp: formatTimestamp(timestampMs) };
  return runAsync(signStatement(FORMAT, draft, key));
}
