import { TrustAnchors } from './trust-anchors.js';

/** Whom to believe: for good, or as it stands at each use, where verified key sets change the keys of authorities in between. */
export type TrustAnchorsSource = TrustAnchors | (() => TrustAnchors);

export function currentAnchors(source: TrustAnchorsSource): TrustAnchors {
  return source instanceof TrustAnchors ? source : source();
}
