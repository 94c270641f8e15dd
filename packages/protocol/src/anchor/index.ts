export { createTrustAnchors } from './create-trust-anchors.js';
export type { CreateTrustAnchorsOptions } from './create-trust-anchors.js';
export type { TrustAnchorsSource } from './current-anchors.js';
export type { AnchorCeiling, AnchorKey, TrustAnchor, TrustAnchorOptions } from './trust-anchor.js';
export { TrustAnchors } from './trust-anchors.js';
