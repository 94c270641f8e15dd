import type { PublicKey } from '@mcps/crypto';
import { importPublicKeySync } from '@mcps/crypto/node';
import { anchorKeyFault, assembleTrustAnchors, readAnchor } from '../anchor/create-trust-anchors.js';
import type { CreateTrustAnchorsOptions } from '../anchor/create-trust-anchors.js';
import type { AnchorKey, TrustAnchorOptions, TrustAnchors } from '../anchor/index.js';

/** `createTrustAnchors` without a promise. */
export function createTrustAnchorsSync(
  list: readonly TrustAnchorOptions[],
  options: CreateTrustAnchorsOptions = {},
): TrustAnchors {
  const anchors = list.map(readAnchor).map((draft) =>
    Object.freeze({
      ...draft,
      keys: importKeys(draft.issuer, draft.keys),
      statusKeys: importKeys(draft.issuer, draft.statusKeys),
      evidenceKeys: importKeys(draft.issuer, draft.evidenceKeys),
    }),
  );
  return assembleTrustAnchors(anchors, options);
}

function importKeys(issuer: string, sources: readonly AnchorKey[]): readonly PublicKey[] {
  try {
    return Object.freeze(sources.map((source) => importPublicKeySync(source)));
  } catch (error) {
    throw anchorKeyFault(issuer, error);
  }
}
