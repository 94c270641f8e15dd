import { parseJson } from '@mcps/crypto';
import { AuthorityError } from '../error.js';
import type { WitnessRecord } from './witness.js';

const LIMITS = { maxDepth: 2, maxKeys: 16, maxBytes: 4096 };
const MEMBERS = ['authority', 'era', 'epoch', 'rootHash', 'treeSize'];
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * Reads a witness's record. A damaged one is not taken for none: it may have said that the database is too old.
 *
 * Throws `AuthorityError` `witness_unavailable`.
 */
export function readWitnessRecord(text: string, where: string): WitnessRecord {
  const fail = (cause?: unknown): never => {
    throw new AuthorityError('witness_unavailable', `${where} is damaged.`, { cause });
  };
  let value: unknown;
  try {
    value = parseJson(text, LIMITS);
  } catch (error) {
    fail(error);
  }
  if (typeof value !== 'object' || value === null) return fail();
  const { authority, era, epoch, treeSize, rootHash } = value as Readonly<Record<string, unknown>>;
  if (Object.keys(value).sort().join() !== [...MEMBERS].sort().join()) return fail();
  if (typeof authority !== 'string' || typeof rootHash !== 'string' || !SHA256_HEX.test(rootHash)) return fail();
  if (!isCount(era) || era < 1 || !isCount(epoch) || !isCount(treeSize)) return fail();
  return { authority, era, epoch, treeSize, rootHash };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
