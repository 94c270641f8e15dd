export { canonicalize, canonicalizeToBytes } from './canonicalize.js';
export { parseJson } from './parse.js';
export type { CanonicalizeOptions, JsonLimits, JsonValue } from './types.js';
