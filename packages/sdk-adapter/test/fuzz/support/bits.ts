import type { Wire } from '../../harness/message.js';
import type { Random } from './random.js';

/** A copy in which one to three bits are others. */
export function flipBits(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  for (let flips = 1 + random.below(3); flips > 0; flips -= 1) {
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  }
  return copy;
}

/** What a careless reader takes bytes for, with another character in place of what is no UTF-8. `undefined` where it is no JSON, or no object. */
export function readLeniently(bytes: Uint8Array): Wire {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
