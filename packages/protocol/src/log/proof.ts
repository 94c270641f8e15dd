import { Members } from '../passport/members.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';

/** That an entry stands in a log (RFC 9162, section 2.1.3). Exactly these members. Unsigned: it leads to a root that is signed. */
export interface InclusionProof {
  /** The entry as it was logged, see `LogEntry`. */
  readonly leaf: string;
  /** From 0 on. */
  readonly leaf_index: number;
  readonly tree_size: number;
  /** Lower-case hex, from the leaf's sibling upwards. */
  readonly path: readonly string[];
}

/** That a log has only been appended to between two sizes (RFC 9162, section 2.1.4). Exactly these members. Unsigned: it joins two roots that are signed. */
export interface ConsistencyProof {
  readonly from_size: number;
  readonly to_size: number;
  /** Lower-case hex. */
  readonly path: readonly string[];
}

const INCLUSION = { required: ['leaf', 'leaf_index', 'tree_size', 'path'] };
const CONSISTENCY = { required: ['from_size', 'to_size', 'path'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** More than a proof in a log of 2^53 entries can have. */
const MAX_PATH = 64;
const LIMITS = { maxDepth: 2, maxKeys: 8, maxBytes: 16 * 1024 };

/** Reads an inclusion proof: exact members, types and formats. Throws `McpsError` `log_proof_invalid`. */
export function readInclusionProof(source: StatementSource): InclusionProof {
  const copy = privateCopy(source, LIMITS, 'log_proof_invalid');
  const members: Members = new Members(copy, INCLUSION, 'log_proof_invalid');
  const leaf = members.value('leaf');
  if (typeof leaf !== 'string') members.fail();
  return {
    leaf,
    leaf_index: readSize(members, 'leaf_index'),
    tree_size: readSize(members, 'tree_size'),
    path: readPath(members),
  };
}

/** Reads a consistency proof: exact members, types and formats. Throws `McpsError` `log_proof_invalid`. */
export function readConsistencyProof(source: StatementSource): ConsistencyProof {
  const copy = privateCopy(source, LIMITS, 'log_proof_invalid');
  const members: Members = new Members(copy, CONSISTENCY, 'log_proof_invalid');
  return { from_size: readSize(members, 'from_size'), to_size: readSize(members, 'to_size'), path: readPath(members) };
}

function readSize(members: Members, name: string): number {
  return members.integer(name, 0, Number.MAX_SAFE_INTEGER);
}

function readPath(members: Members): string[] {
  return members.list('path', MAX_PATH).map((hash) => {
    if (typeof hash !== 'string' || !SHA256_HEX.test(hash)) members.fail();
    return hash;
  });
}
