import { encodeHex, encodeUtf8, sha256 } from '@mcps/crypto';

/** What is kept of each authority. */
export type StateKind =
  'list-number' | 'bitmap-number' | 'key-set-number' | 'bundle-number' | 'tree-head' | 'list' | 'key-set' | 'pin';

/** The name that something of an authority is kept under: its own name may hold anything, so its digest stands for it. */
export async function stateName(kind: StateKind, authority: string): Promise<string> {
  return `${kind}-${encodeHex((await sha256(encodeUtf8(authority))).subarray(0, 16))}`;
}
