// The definitions of RFC 9162, section 2.1, by recursion over all leaves.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { hex, utf8 } from './signatures.mjs';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hashLeaf = (text) => sha256(Buffer.of(0), utf8(text));
const hashNode = (left, right) => sha256(Buffer.of(1), left, right);

/** The largest power of two below a size from 2 on. */
function split(size) {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

function root(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return hashNode(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function path(m, leaves) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k ? [...path(m, left), root(right)] : [...path(m - k, right), root(left)];
}

function subproof(m, leaves, complete) {
  if (m === leaves.length) return complete ? [] : [root(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k ? [...subproof(m, left, complete), root(right)] : [...subproof(m - k, right, false), root(left)];
}

/** A log of texts. */
export class Log {
  constructor(texts) {
    this.texts = texts;
    this.leaves = texts.map(hashLeaf);
  }

  /** The state at a size. */
  at(size) {
    return { tree_size: size, root_hash: hex(root(this.leaves.slice(0, size))) };
  }

  inclusion(index, size) {
    const steps = path(index, this.leaves.slice(0, size)).map(hex);
    return { leaf: this.texts[index], leaf_index: index, tree_size: size, path: steps };
  }

  consistency(from, to) {
    const steps = from === 0 ? [] : subproof(from, this.leaves.slice(0, to), true);
    return { from_size: from, to_size: to, path: steps.map(hex) };
  }
}
