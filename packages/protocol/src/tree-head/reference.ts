import type { Reason } from '../errors/index.js';
import { Members } from '../passport/members.js';

/** The state of an authority's log (RFC 9162, section 2.1) that a statement was made at, and has to agree with. */
export interface TreeHeadReference {
  readonly tree_size: number;
  /** Lower-case hex. */
  readonly root_hash: string;
}

const REFERENCE = { required: ['tree_size', 'root_hash'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** The root of a log without entries: SHA-256 of nothing (RFC 9162, section 2.1.1). */
export const EMPTY_ROOT_HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Reads the reference inside a statement: exact members, types and formats. Throws `McpsError` with the reason of the statement's format. */
export function readTreeHeadReference(value: unknown, reason: Reason): TreeHeadReference {
  return readRoot(new Members(value, REFERENCE, reason));
}

/** Reads `tree_size` and `root_hash` out of whatever has them. */
export function readRoot(members: Members): TreeHeadReference {
  const treeSize = members.integer('tree_size', 0, Number.MAX_SAFE_INTEGER);
  const rootHash = members.matching('root_hash', SHA256_HEX);
  if (treeSize === 0 && rootHash !== EMPTY_ROOT_HEX) members.fail();
  return { tree_size: treeSize, root_hash: rootHash };
}

/** A statement that commits its authority to a state of its log. */
export interface LogCommitment {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** How many revocations there had been. */
  readonly epoch: number;
  /** Absent where the statement names no state of the log. */
  readonly treeHead?: TreeHeadReference;
}
