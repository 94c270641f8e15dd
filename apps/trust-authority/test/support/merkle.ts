import { createHash } from 'node:crypto';

/** The hash of a list of leaves, straight from its definition in RFC 9162, section 2.1.1. */
export function merkleTreeHash(leaves: readonly string[]): string {
  return tree(leaves.map((leaf) => Buffer.from(leaf))).toString('hex');
}

function tree(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), tree(leaves.slice(0, split)), tree(leaves.slice(split)));
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
